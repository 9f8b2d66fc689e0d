import { expect, test } from "@jest/globals";
import type { Backtest } from "../../src/core/replay/replayed-policy.ts";
import { promotionText, unknownThenText } from "../../src/render/replay-words.ts";

/** What the words look at: the rows of the checks. */
function backtestOf(rows: readonly number[], hindsight = false): Backtest {
  const replay = { checks: rows.map((count) => ({ rows: count })) };
  return { hindsight, trials: [{ replay }] } as unknown as Backtest;
}

test.each([[[]], [[0, 0]]])("a replay that knew nothing then (checks of %j rows) names --hindsight", (rows) =>
  expect(unknownThenText(backtestOf(rows))).toContain("--hindsight"),
);

test("a replay that saw rows, or used all that is known today, names nothing", () => {
  expect(unknownThenText(backtestOf([0, 12]))).toBeUndefined();
  expect(unknownThenText(backtestOf([0], true))).toBeUndefined();
});

test("a change of the baseline alone is no promotion", () => {
  const change = { at: new Date(0), version: "2", versionId: "v2", baselineId: "b2" };
  expect(promotionText(change)).toBe("2");
  expect(promotionText({ ...change, baselineOnly: true })).toBe("2, with another baseline");
});
