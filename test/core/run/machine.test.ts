import { describe, expect, test } from "@jest/globals";
import { isFinished, type RunEvent, type RunState, runStates, stepRun } from "../../../src/core/run/machine.ts";

const events: readonly RunEvent[] = [
  { kind: "started" },
  { kind: "trained" },
  { kind: "retry", why: "exit code 7" },
  { kind: "passed" },
  { kind: "rejected", why: "worse" },
  { kind: "promoted" },
  { kind: "stepped" },
  { kind: "failed", why: "no result" },
  { kind: "cancelled", why: "asked" },
];

const table: Readonly<Record<RunState, string>> = {
  //           started     trained     retry   passed     rejected  promoted  stepped    failed  cancelled
  queued: "    retraining  -           -       -          -         -         -          failed  cancelled",
  retraining: "-           evaluating  queued  -          -         -         -          failed  cancelled",
  evaluating: "-           -           -       promoting  rejected  -         -          failed  cancelled",
  promoting: " -           -           -       -          rejected  promoted  promoting  failed  cancelled",
  promoted: "  -           -           -       -          -         -         -          -       -",
  rejected: "  -           -           -       -          -         -         -          -       -",
  failed: "    -           -           -       -          -         -         -          -       -",
  cancelled: " -           -           -       -          -         -         -          -       -",
};

describe("what follows what", () => {
  for (const state of runStates)
    test(state, () => {
      const got = events.map((event) => {
        const step = stepRun(state, event);
        return "refused" in step ? "-" : step.to;
      });
      expect(got).toEqual(table[state].trim().split(/\s+/));
    });
});

test("an end keeps its reason, a step on the way has none", () => {
  expect(stepRun("evaluating", { kind: "rejected", why: "worse" })).toEqual({ to: "rejected", outcome: "worse" });
  expect(stepRun("retraining", { kind: "retry", why: "lost" })).toEqual({ to: "queued", outcome: undefined });
});

test("a refusal says what was asked of what", () => {
  expect(stepRun("rejected", { kind: "promoted" })).toEqual({
    refused: "a run that is rejected cannot become promoted",
  });
  expect(stepRun("queued", { kind: "passed" })).toEqual({
    refused: "a run that is queued cannot become ready for promotion",
  });
});

test("four states are ends", () => {
  expect(runStates.filter(isFinished)).toEqual(["promoted", "rejected", "failed", "cancelled"]);
});
