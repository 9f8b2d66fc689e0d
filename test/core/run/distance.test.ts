import { expect, test } from "@jest/globals";
import { distanceBetween } from "../../../src/core/run/distance.ts";

const binary = (predictions: readonly number[], scores?: readonly number[]) => ({
  task: "binary" as const,
  labels: predictions.map(() => 0),
  predictions,
  ...(scores === undefined ? {} : { scores: Float64Array.from(scores) }),
});

test("classes disagree, scores stand apart", () => {
  const mine = binary([1, 1, 0, 0], [0.9, 0.6, 0.4, 0.1]);
  expect(distanceBetween(mine, mine)).toEqual({ disagreement: 0, mean: 0, ks: 0 });
  const theirs = binary([1, 0, 0, 0], [0.9, 0.4, 0.4, 0.1]);
  expect(distanceBetween(mine, theirs)).toEqual({ disagreement: 0.25, mean: expect.closeTo(0.05, 12), ks: 0.25 });
  expect(distanceBetween(binary([1, 0]), binary([0, 0]))).toEqual({ disagreement: 0.5 });
});

test("rows for which the champion has nothing are left out", () => {
  expect(distanceBetween(binary([1, 1], [0.9, 0.8]), binary([1, Number.NaN], [0.9, Number.NaN]))).toEqual({
    ...{ disagreement: 0, mean: 0, ks: 0 },
  });
  expect(distanceBetween(binary([1]), binary([Number.NaN]))).toEqual({});
});

test("numbers stand apart in their own unit", () => {
  const regression = (predictions: readonly number[]) => ({ ...binary(predictions), task: "regression" as const });
  expect(distanceBetween(regression([1, 2, 3]), regression([2, 3, 4]))).toEqual({
    mean: 1,
    ks: expect.closeTo(1 / 3, 12),
  });
});
