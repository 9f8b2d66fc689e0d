import { describe, expect, test } from "@jest/globals";
import type { PerformanceFinding } from "../../../src/core/drift/rule-facts.ts";
import {
  askGuard,
  isWatchOver,
  stepWatch,
  type WatchEvent,
  type WatchState,
  watchStates,
} from "../../../src/core/run/watch.ts";

const events: readonly WatchEvent[] = [
  { kind: "asked", guard: "holds", why: "broken" },
  { kind: "asked", guard: "quiet", why: "kept" },
  { kind: "asked", guard: "inconclusive", why: "no labels" },
  { kind: "ended", judged: 0 },
  { kind: "ended", judged: 2 },
  { kind: "stuck", why: "no earlier version" },
  { kind: "taken back", why: "asked" },
  { kind: "superseded", why: "another" },
];

const table: Readonly<Record<WatchState, string>> = {
  //            holds       quiet      inconclusive ended,0    ended,2    stuck      taken back  superseded
  watching: "   rolled-back watching   watching     unverified kept       watching   rolled-back superseded",
  unverified: " rolled-back kept       unverified   unverified unverified unverified rolled-back superseded",
  kept: "       -           -          -            -          -          -          -           -",
  "rolled back": "-         -          -            -          -          -          -           -",
  superseded: " -           -          -            -          -          -          -           -",
};

describe("what follows what", () => {
  for (const state of watchStates)
    test(state, () => {
      const got = events.map((event) => {
        const step = stepWatch(state, event);
        return "refused" in step ? "-" : step.to.replace(" ", "-");
      });
      expect(got).toEqual(table[state].trim().split(/\s+/));
    });
});

test("one that is open says why it is stuck, until a check finds the promise kept", () => {
  const why = "no earlier version";
  expect(stepWatch("watching", { kind: "stuck", why })).toEqual({ to: "watching", outcome: why });
  expect(stepWatch("watching", { kind: "asked", guard: "quiet", why: "kept" })).toEqual({
    to: "watching",
    outcome: undefined,
  });
});

test("three states are ends, and an end says why", () => {
  expect(watchStates.filter(isWatchOver)).toEqual(["kept", "rolled back", "superseded"]);
  expect(stepWatch("watching", { kind: "ended", judged: 1 })).toEqual({
    to: "kept",
    outcome: "1 check found the promise kept",
  });
  expect(stepWatch("kept", { kind: "superseded", why: "x" })).toEqual({
    refused: "a watch that is kept cannot be superseded",
  });
});

describe("the guard", () => {
  const when = { source: "performance.roc_auc.upper < promised.roc_auc.lower", place: { file: "p.yaml" } };
  const found = (value: number): PerformanceFinding => ({
    metric: "roc_auc",
    now: { value, lower: value - 0.02, upper: value + 0.02, n: 500 },
    promised: { value: 0.9, lower: 0.88, upper: 0.92, n: 500 },
    // Rules of this policy compare wider intervals; the guard compares those that are shown.
    confidence: 0.9999,
  });
  const ask = (findings: readonly PerformanceFinding[], without?: string) => askGuard(when, { findings, without });

  test("holds when the intervals are apart, and says by what", () => {
    expect(ask([found(0.85)])).toMatchObject({
      guard: "holds",
      values: { "performance.roc_auc.upper": expect.closeTo(0.87, 9), "promised.roc_auc.lower": 0.88 },
      why: `${when.source} (performance.roc_auc.upper = 0.87, promised.roc_auc.lower = 0.88)`,
    });
  });
  test("is quiet when they meet", () => expect(ask([found(0.861)]).guard).toBe("quiet"));
  test("cannot tell without labels, or without a promise", () => {
    expect(ask([], "no mature predictions yet")).toMatchObject({
      guard: "inconclusive",
      why: "no mature predictions yet",
    });
    expect(ask([{ ...found(0.1), promised: undefined }])).toMatchObject({
      guard: "inconclusive",
      why: "promised.roc_auc.lower is not known: roc_auc was never measured on the baseline",
    });
  });
});
