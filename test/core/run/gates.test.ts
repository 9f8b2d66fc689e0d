import { expect, test } from "@jest/globals";
import { type GateOutcome, judgeGates } from "../../../src/core/run/gates.ts";

const gate = (outcome: GateOutcome["outcome"]): GateOutcome => ({ gate: `g-${outcome}`, outcome, reason: "0.7 < 0.8" });

test("all must pass", () => {
  expect(judgeGates([gate("pass"), gate("pass")])).toEqual({ passed: true });
  expect(judgeGates([gate("pass"), gate("fail")])).toEqual({
    passed: false,
    reasons: ["g-fail: not met, 0.7 < 0.8"],
  });
});

test("what could not be judged never promotes, nor does a run without gates", () => {
  expect(judgeGates([gate("inconclusive")])).toEqual({
    passed: false,
    reasons: ["g-inconclusive: inconclusive, 0.7 < 0.8"],
  });
  expect(judgeGates([])).toEqual({ passed: false, reasons: ["no gate was judged"] });
});
