import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openSimulatedClock } from "../../../src/adapters/clock/simulated-clock.ts";

let folder = "";
let serial = 0;
const path = (): string => join(folder, `deep/clock-${serial++}`);
const start = new Date("2026-03-01T00:00:00.123Z");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-clock-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("starts where it is told, moves only when told, and is the same after a restart", async () => {
  const file = path();
  const clock = await openSimulatedClock(file, start);
  expect(clock.now()).toEqual(start);
  const later = new Date("2026-03-02T05:06:07.008Z");
  await clock.advance(later);
  expect(clock.now()).toEqual(later);
  const again = await openSimulatedClock(file, start);
  expect(again.now()).toEqual(later);
});
test("another that is open on the file sees the move", async () => {
  const file = path();
  const one = await openSimulatedClock(file, start);
  const two = await openSimulatedClock(file);
  await one.advance(new Date("2026-03-02T00:00:00Z"));
  expect(two.now()).toEqual(new Date("2026-03-02T00:00:00Z"));
});
test("never goes backwards: not on request, not by the file", async () => {
  const file = path();
  const clock = await openSimulatedClock(file, start);
  const later = new Date("2026-03-02T00:00:00Z");
  await clock.advance(later);
  await expect(clock.advance(start)).rejects.toThrow(/expected a time at or after 2026-03-02.*got 2026-03-01/);
  await expect(clock.advance(new Date(Number.NaN))).rejects.toThrow(/got no time/);
  await clock.advance(later);
  writeFileSync(file, `${start.toISOString()}\n`);
  expect(clock.now()).toEqual(later);
});
test("moves asked for at once happen one after the other", async () => {
  const clock = await openSimulatedClock(path(), start);
  const times = [1, 2, 3, 4, 5].map((day) => new Date(Date.UTC(2026, 4, day)));
  await Promise.all(times.map((time) => clock.advance(time)));
  expect(clock.now()).toEqual(times[4]);
});
test("leaves nothing aside, and one line", async () => {
  const file = path();
  const clock = await openSimulatedClock(file, start);
  await clock.advance(new Date("2026-03-02T00:00:00Z"));
  expect(readFileSync(file, "utf8")).toBe("2026-03-02T00:00:00.000Z\n");
  expect(readdirSync(join(folder, "deep")).filter((name) => name.endsWith(".new"))).toEqual([]);
});
test("says what is wrong with a file", async () => {
  await expect(openSimulatedClock(path())).rejects.toMatchObject({ code: "NotFound" });
  const file = path();
  writeFileSync(file, "soon");
  await expect(openSimulatedClock(file, start)).rejects.toThrow(/expected an ISO time in .*got "soon"/);
});
