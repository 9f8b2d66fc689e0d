import { expect, test } from "@jest/globals";
import * as danfo from "danfojs-node";
import { compareTables } from "../../src/core/drift/compare-tables.ts";
import { DriftwardError } from "../../src/core/errors.ts";
import { loadDanfo } from "../../src/frames/danfo.ts";
import { compareFrames, describeFrame, findingsFrame, profileFrame, readFrame } from "../../src/frames/index.ts";

const baseline = {
  age: Array.from({ length: 400 }, (_, i) => 20 + (i % 50)),
  plan: Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? "team" : "free")),
};
const live = {
  age: Array.from({ length: 300 }, (_, i) => (i === 7 ? null : 35 + (i % 50))),
  plan: Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? "team" : "free")),
};
// danfojs declares no null in columns, yet holds it: it is what its own readers give for an empty field.
const frames = [new danfo.DataFrame(baseline), new danfo.DataFrame(live as never)] as const;

test("frames give what the same columns give", () => {
  expect(compareFrames(...frames)).toEqual(compareTables(baseline, live));
  expect(
    compareFrames(...frames)
      .findings.filter(({ drifted }) => drifted)
      .map(({ feature }) => feature),
  ).toEqual(["age", "age"]);
  expect(compareFrames(...frames, { features: ["plan"] }).verdict).toBe("ok");
});

test("a frame can be profiled and described", () => {
  expect(profileFrame(frames[0]).counts.rows).toBe(400);
  expect(describeFrame(frames[1])[0]).toMatchObject({ column: "age", rows: 300, missing: 1, minimum: 35, maximum: 84 });
});

test("findings become a frame, a row for each feature and test", async () => {
  const comparison = compareFrames(...frames);
  const frame = await findingsFrame(comparison);
  expect(frame.shape).toEqual([4, 16]);
  expect(frame.columns.slice(0, 4)).toEqual(["feature", "segment", "test", "statistic"]);
  expect(frame.column("statistic").values).toEqual(comparison.findings.map(({ statistic }) => statistic));
  expect(frame.column("drifted").values).toEqual([true, true, false, false]);
});

test("no findings become a frame without rows", async () => {
  const frame = await findingsFrame({ findings: [] }, danfo);
  expect([frame.shape[0], frame.columns.length]).toEqual([0, 16]);
});

test("refuses what is no frame, and twins among its columns", () => {
  expect(() => readFrame([{ a: 1 }] as never, "the baseline")).toThrow("expected a danfojs DataFrame for the baseline");
  expect(() =>
    readFrame({ ...frames[0], columns: ["a", "a"], column: () => frames[0].column("age") } as never),
  ).toThrow('got "a" twice');
});

test("where danfojs-node is not installed, the error says how to get it", async () => {
  const missing = loadDanfo(() => import("danfojs-node-that-is-not-there" as string));
  await expect(missing).rejects.toBeInstanceOf(DriftwardError);
  await expect(missing).rejects.toMatchObject({ hint: expect.stringContaining("npm install danfojs-node@1.2.0") });
});
