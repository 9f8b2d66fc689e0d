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

test("a gate tells the values it was judged by", () => {
  const place = { file: "churn.yaml" };
  const ask = (source: string) =>
    askGates(
      [{ source, place }],
      { candidate: { roc_auc: { value: 0.81234567, lower: 0.79, upper: 0.83 } }, champion: {}, difference: {} },
      "binary",
    );
  expect(ask("candidate.roc_auc.value >= 0.78")).toMatchObject([
    { outcome: "pass", reason: "candidate.roc_auc.value = 0.8123", values: { "candidate.roc_auc.value": 0.81234567 } },
  ]);
  expect(ask("candidate.roc_auc.lower >= 0.8")).toMatchObject([
    { outcome: "fail", reason: "candidate.roc_auc.lower = 0.79" },
  ]);
  expect(ask("difference.roc_auc.lower >= -0.01")).toMatchObject([{ outcome: "inconclusive" }]);
});
