import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { finishCheck, outcomeOf, watchedModel } from "../../support/play-outcomes.ts";
import { at, openWatchWorld, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** One hour whose window of four hours had so many rows; says which incidents are open then. */
async function hourOf(model: string, hour: number, rows: number, conclusive: boolean): Promise<readonly string[]> {
  const [check] = await world.plan(model, at(hour));
  if (check === undefined) throw new Error("no check");
  const said = [outcomeOf(conclusive ? "quiet" : "inconclusive")];
  await finishCheck(world, check, said, rows, conclusive ? "ok" : "inconclusive");
  await world.decide(model);
  return (await world.incidents(model)).filter(({ state }) => state !== "resolved").map(({ rule }) => rule);
}

test("silent for two windows opens an incident; it ends when the model has spoken for one", async () => {
  const model = await watchedModel(world);
  const open: Record<number, readonly string[]> = {};
  for (let hour = 1; hour <= 8; hour += 1) open[hour] = await hourOf(model, hour, 0, false);
  // The first window's four hours and the next four, without an overlap: the fifth check.
  expect(open).toMatchObject({ 1: [], 4: [], 5: ["no predictions"], 8: ["no predictions"] });
  for (let hour = 9; hour <= 13; hour += 1) open[hour] = await hourOf(model, hour, 200, true);
  expect(open).toMatchObject({ 12: ["no predictions"], 13: [] });
  const [incident] = await world.incidents(model);
  const [opened, , resolved] = await world.mails(incident?.id ?? "");
  const mail = writeMail(opened?.body as IncidentNotice, "here");
  expect(mail.text).toMatch(/^p\d+ has made no predictions up to 2026-06-01 05:00/);
  expect(mail.text).toMatch(/The built-in rule "no\s+predictions" holds/);
  expect(resolved?.kind).toBe("resolved");
});

test("rows that no check can judge open the other; an hour that can be judged starts it anew", async () => {
  const model = await watchedModel(world);
  for (let hour = 1; hour <= 4; hour += 1) expect(await hourOf(model, hour, 12, false)).toEqual([]);
  expect(await hourOf(model, 5, 200, true)).toEqual([]);
  for (let hour = 6; hour <= 9; hour += 1) expect(await hourOf(model, hour, 12, false)).toEqual([]);
  expect(await hourOf(model, 10, 12, false)).toEqual(["stays inconclusive"]);
});
