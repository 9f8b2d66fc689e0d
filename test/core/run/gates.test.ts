import { expect, test } from "@jest/globals";
import { askGates, type GateOutcome, judgeGates } from "../../../src/core/run/gates.ts";

const gate = (outcome: GateOutcome["outcome"]): GateOutcome => ({
  gate: `g-${outcome}`,
  outcome,
  values: {},
  reason: "0.7",
});

test("all must pass", () => {
  expect(judgeGates([gate("pass"), gate("pass")])).toEqual({ passed: true });
  expect(judgeGates([gate("pass"), gate("fail")])).toEqual({
    passed: false,
    reasons: ["not met: g-fail (0.7)"],
  });
});

test("what could not be judged never promotes, nor does a run without gates", () => {
  expect(judgeGates([gate("inconclusive")])).toEqual({
    passed: false,
    reasons: ["inconclusive: g-inconclusive (0.7)"],
  });
  expect(judgeGates([])).toEqual({ passed: false, reasons: ["the policy has no gate a candidate could pass"] });
});

const place = { file: "churn.yaml" };
const estimate = (value: number, half: number) => ({ value, lower: value - half, upper: value + half, n: 1_000 });
const measured = {
  metric: "roc_auc" as const,
  candidate: estimate(0.81234567, 0.02),
  champion: estimate(0.8, 0.02),
  difference: estimate(0.01234567, 0.01),
};
const ask = (...sources: readonly string[]) =>
  askGates(
    sources.map((source) => ({ source, place })),
    { metrics: [measured], distance: { disagreement: 0.04 } },
    "binary",
  );

test("a gate tells the values it was judged by", () => {
  expect(ask("candidate.roc_auc.value >= 0.78")).toMatchObject([
    { outcome: "pass", reason: "candidate.roc_auc.value = 0.8123", values: { "candidate.roc_auc.value": 0.81234567 } },
  ]);
  expect(ask("candidate.roc_auc.lower >= 0.8")).toMatchObject([
    { outcome: "fail", reason: "candidate.roc_auc.lower = 0.7923" },
  ]);
  expect(ask("distance.disagreement <= 0.05")).toMatchObject([{ outcome: "pass" }]);
  expect(ask("recent.difference.roc_auc.lower >= -0.01")).toMatchObject([{ outcome: "inconclusive" }]);
  const [slices] = ask("slices.difference.roc_auc.lower >= -0.01");
  expect(slices?.outcome).toBe("inconclusive");
  expect(slices?.reason).toContain("the policy names no evaluate.slices");
  expect(slices?.chances).toBeUndefined();
});

test("a gate that cannot be judged tells why its own metric is not there, and of no other", () => {
  const without = (reason: string) => ({ reason });
  const gone = {
    candidate: estimate(0.8, 0.02),
    champion: without("no scores"),
    difference: without("champion: no scores"),
  };
  const lossless = { metric: "log_loss" as const, ...gone, candidate: without("one class only") };
  const metrics = [{ metric: "roc_auc" as const, ...gone }, lossless];
  const slices = { slices: [{ segment: "country=NL", rows: 90, metrics }], small: [] };
  const reasons = askGates(
    ["candidate.log_loss.upper < 1.0", "difference.roc_auc.lower > 0.0", "slices.champion.log_loss.upper < 1.0"].map(
      (source) => ({ source, place }),
    ),
    { metrics, slices },
    "binary",
  ).map(({ reason }) => reason);
  expect(reasons).toEqual([
    "candidate.log_loss.upper is not known: one class only",
    "difference.roc_auc.lower is not known: champion: no scores",
    "slices.champion.log_loss.upper is not known: country=NL: no scores",
  ]);
});

test("tells how likely an equal and a better candidate would have passed", () => {
  const [never, half, likely] = ask(
    "difference.roc_auc.lower >= 0.0",
    "difference.roc_auc.value >= 0.0",
    "difference.roc_auc.lower >= -0.01",
  );
  // An equal candidate's lower end is above 0 in the 2.5 % that its interval misses on that side.
  expect(never?.chances).toEqual({ equal: expect.closeTo(0.025, 1.5), better: 0.5 });
  expect(half?.chances).toEqual({ equal: 0.5, better: expect.closeTo(0.975, 1.5) });
  expect(likely?.chances).toEqual({ equal: 0.5, better: expect.closeTo(0.975, 1.5) });
});

test("for errors, better is lower", () => {
  const mae = { ...measured, metric: "mae" as const, difference: estimate(-1, 0.5) };
  const [gate] = askGates(
    [{ source: "difference.mae.upper <= 0.0", place }],
    { metrics: [mae], errorRate: 0.05 },
    "regression",
  );
  expect(gate).toMatchObject({ outcome: "pass", chances: { better: 0.5 } });
  expect(gate?.chances?.equal).toBeLessThan(0.05);
});
