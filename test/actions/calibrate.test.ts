import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { calibrateModel } from "../../src/actions/calibrate.ts";
import { limitsOf } from "../../src/core/calibration/calibrate.ts";
import type { Finding } from "../../src/core/drift/finding.ts";
import { calibrateBaseline } from "../../src/stages/check/calibrate-baseline.ts";
import { check } from "../../src/stages/check/check.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** Ten windows of four hours and more, each with its own part of the values: days that differ. */
const days = Array.from({ length: 12 * 4 * 30 }, (_, n) => ({
  timestamp: new Date(at(-100).getTime() + n * 120_000).toISOString(),
  x: ((n * 7_919) % 500) / 10 + (Math.floor(n / 120) % 2) * 40,
  plan: n % 3 === 0 ? "basic" : "pro",
  prediction: n % 2,
  label: n % 2,
}));

describe("a baseline with times", () => {
  beforeAll(async () => {
    world.setNow(at(0));
    await world.baseline("timed", "1", days);
    await world.apply(policyOf("timed"));
  });

  test("is calibrated on its own hours: what differs by window counts for less", async () => {
    const { version, calibration, recentRows } = await calibrateModel(world.ports, "timed");
    expect(recentRows).toBeUndefined();
    expect(version).toBe("1");
    expect(calibration.provisional).toBe(false);
    const of = (name: string) => calibration.features.find(({ feature }) => feature === name);
    expect(of("x")).toMatchObject({ blocks: 12 });
    expect(of("x")?.effect).toBeGreaterThan(20);
    // Independent rows, and what eleven degrees add at so small a chance.
    expect(of("plan")?.effect).toBeLessThan(3);
    expect(of("x")?.ruledBy).toBe("dependent rows");
    expect(calibration.features.map(({ feature }) => feature).sort()).toEqual(["plan", "prediction", "x"]);
  });

  test("gives checks limits that leave such differences alone", async () => {
    const limits = {
      of: async (request: Parameters<typeof calibrateBaseline>[1]) =>
        limitsOf(await calibrateBaseline(world.ports, { ...request, effort: 10_000 })),
    };
    await world.predict("timed", rowsBetween(0, 4));
    const planned = await world.plan("timed", at(4));
    const last = planned.at(-1)?.id ?? "";
    await check({ ...world.ports, limits }, { checkId: last });
    const findings = (await world.state.checks.findings(last)).map(({ body }) => body as Finding);
    const x = findings.find(({ feature, test: made }) => feature === "x" && made === "psi");
    expect(x).toMatchObject({ drifted: false, m: 120 });
    expect(x?.effective?.m).toBeLessThan(12);
    // Windows without rows say nothing of a usual one.
    expect((await calibrateModel(world.ports, "timed")).recentRows).toBe(120);
    expect(x).not.toHaveProperty("provisional");
  });
});

test("a baseline without times is provisional, and its findings say so", async () => {
  world.setNow(at(0));
  await world.baseline("timeless", "1", baselineRows);
  await world.apply(policyOf("timeless"));
  const { calibration } = await calibrateModel(world.ports, "timeless");
  expect(calibration.provisional).toBe(true);
  await world.predict("timeless", rowsBetween(0, 4));
  const planned = await world.plan("timeless", at(4));
  const last = planned.at(-1)?.id ?? "";
  await check(
    { ...world.ports, limits: { of: async () => limitsOf({ ...calibration, spreads: {} }) } },
    { checkId: last },
  );
  const findings = (await world.state.checks.findings(last)).map(({ body }) => body as Finding);
  expect(findings.length).toBeGreaterThan(3);
  expect(findings.every(({ provisional }) => provisional === true)).toBe(true);
});

test("rules on performance compare intervals as wide as the labelled days of the baseline differ", async () => {
  world.setNow(at(0));
  const wrong = (n: number) => (Math.floor(n / 180) % 2 === 0 ? n % 2 : Number(n % 20 === 0));
  const rows = days.map((row, n) => ({ ...row, label: wrong(n) === 1 ? 1 - row.prediction : row.prediction }));
  await world.baseline("uneven", "1", rows);
  const rule = "  - { name: worse, when: performance.accuracy.drop.lower > 0.0, severity: critical, do: [notify] }";
  await world.apply(policyOf("uneven", "performance: { metrics: [accuracy], window: 1d }", rule));
  const [accuracy] = (await calibrateModel(world.ports, "uneven")).calibration.performance;
  expect(accuracy?.measured).toBeGreaterThan(3);
  expect(accuracy?.effect).toBeGreaterThan(accuracy?.measured ?? 0);
});

test("the prediction and its score are tested as outputs, in as many tests as the limits are shared by", async () => {
  world.setNow(at(0));
  const versions = { model_version: "1" };
  await world.baseline(
    "scored",
    "1",
    rowsBetween(0, 100).map((row) => ({ ...row, ...versions, label: row.score > 0.4 ? 1 : 0 })),
  );
  await world.apply(policyOf("scored"));
  const { calibration } = await calibrateModel(world.ports, "scored");
  expect(calibration.features.map(({ feature }) => feature).sort()).toEqual(["plan", "prediction", "score", "x"]);
  await world.predict("scored", [
    ...rowsBetween(0, 4).map((row) => ({ ...row, score: row.score / 2 })),
    ...rowsBetween(0, 4, { version: "2", key: "other-" }).map((row) => ({ ...row, score: 0 })),
  ]);
  const last = (await world.plan("scored", at(4))).at(-1)?.id ?? "";
  await check(
    { ...world.ports, limits: { of: async () => limitsOf({ ...calibration, spreads: {} }) } },
    { checkId: last },
  );
  const findings = (await world.state.checks.findings(last)).map(({ body }) => body as Finding);
  expect(findings).toHaveLength(calibration.tests);
  const score = findings.find(({ feature, test: made }) => feature === "score" && made === "psi");
  // Over the rows of the version judged alone.
  expect(score).toMatchObject({ drifted: true, m: 120 });
  const [outcome] = await world.state.checks.ruleOutcomes(last);
  expect(outcome?.outcome).toBe("quiet");
});

test("without times, rows that come ten alike in a row count for a tenth; others stand for themselves", async () => {
  world.setNow(at(0));
  const rows = Array.from({ length: 4_000 }, (_, n) => {
    const entity = Math.floor(n / 10);
    return {
      x: (entity * 7_919 + 13 * entity * entity) % 101,
      y: (n * 7_919 + 13 * n * n) % 101,
      prediction: n % 2,
      label: n % 2,
    };
  });
  await world.baseline("alike", "1", rows);
  await world.apply(policyOf("alike"));
  const { calibration } = await calibrateModel(world.ports, "alike");
  expect(calibration.provisional).toBe(true);
  const [x, y] = ["x", "y"].map((name) => calibration.features.find(({ feature }) => feature === name));
  expect(x?.measured).toBeGreaterThan(5);
  expect(x?.blocks).toBeGreaterThanOrEqual(8);
  expect(y?.measured).toBeLessThan(2);
  expect(x?.effect).toBeGreaterThan(4 * (y?.effect ?? 1));
});

test("a model without a policy says what to do", async () => {
  await world.baseline("bare", "1", baselineRows);
  await expect(calibrateModel(world.ports, "bare")).rejects.toThrow("expected a policy for bare, found none");
});
