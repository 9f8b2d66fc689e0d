import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { checkModel, type ModelCheck } from "../../src/actions/check-model.ts";
import { status } from "../../src/actions/status.ts";
import { checkJson } from "../../src/render/check-report.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
let byHand: ModelCheck;
beforeAll(async () => {
  world = await openWatchWorld();
  world.setNow(at(0));
  await world.baseline("churn", "1", baselineRows);
  await world.apply(policyOf("churn", "data: { sensitive: [plan] }"), "3f2c9ab11d0e");
  const moved = rowsBetween(0, 4, { shift: 40 }).map((row) => ({ ...row, plan: "gold-card-4711" }));
  await world.predict("churn", moved);
  const planned = await world.plan("churn", at(4));
  for (const one of planned) await world.check(one.id);
  await world.decide("churn");
  world.setNow(at(4.5));
  byHand = await checkModel(world.ports, "churn");
});
afterAll(() => world.close());

test("takes the window up to the last full hour, with the champion and its baseline", () => {
  expect(byHand).toMatchObject({
    verdict: "warning",
    reason: undefined,
    window: { start: at(0).toISOString(), end: at(4).toISOString(), rows: 120 },
    baseline: { rows: 3_000, version: "1" },
  });
  expect(byHand.findings.filter(({ drifted }) => drifted).map(({ feature }) => feature)).toEqual(
    expect.arrayContaining(["plan", "x"]),
  );
});

test("says which rules of the policy hold, the built-in one too", () => {
  expect(byHand.outcomes.map(({ rule, outcome, values }) => [rule, outcome, values])).toEqual([
    ["input broken", "quiet", { "quality.count": 0 }],
    ["inputs drifted", "holds", { "drift.share": 1 }],
  ]);
});

test("values of sensitive features are not in it", () => {
  const plan = byHand.findings.filter(({ feature }) => feature === "plan");
  expect(plan.map(({ drifted }) => drifted)).toEqual([true, true]);
  expect(plan.map(({ direction, evidence }) => [direction, evidence.labels])).toEqual([
    [undefined, []],
    [undefined, []],
  ]);
  expect(JSON.stringify(checkJson(byHand))).not.toMatch(/gold-card|pro: |basic/);
  expect(byHand.findings.find(({ feature, drifted }) => feature === "x" && drifted)?.direction).toMatch(/median/);
});

test("feeds no incident", async () => {
  const before = await world.incidents("churn");
  expect(before).toHaveLength(1);
  await checkModel(world.ports, "churn");
  await world.decide("churn");
  expect(await world.incidents("churn")).toEqual(before);
});

test("a model that is not known, or has no policy, is refused with what to do", async () => {
  await expect(checkModel(world.ports, "chrun")).rejects.toMatchObject({
    code: "NotFound",
    hint: expect.stringContaining("churn"),
  });
  await world.baseline("bare", "1", baselineRows.slice(0, 100));
  await expect(checkModel(world.ports, "bare")).rejects.toMatchObject({
    code: "Conflict",
    hint: expect.stringContaining("apply"),
  });
});

test("status shows champion, policy, checks newest first, and what is open", async () => {
  const [churn, bare] = await status(world.ports, [await world.model("churn"), await world.model("bare")], 3);
  expect(churn).toMatchObject({
    champion: "1",
    policy: { path: "policies/test.yaml", commit: "3f2c9ab11d0e" },
    runs: [],
  });
  expect(churn?.openIncidents.map(({ rule, state }) => [rule, state])).toEqual([["inputs drifted", "firing"]]);
  expect(churn?.checks).toHaveLength(3);
  const times = churn?.checks.map(({ slotAt }) => slotAt.getTime()) ?? [];
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect(bare).toMatchObject({ champion: "1", policy: undefined, checks: [], openIncidents: [], incidents: [] });
});
