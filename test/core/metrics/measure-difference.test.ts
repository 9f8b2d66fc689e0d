import { describe, expect, test } from "@jest/globals";
import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measureDifference,
  metricsOf,
  type ScoredRows,
} from "../../../src/core/metrics/metric.ts";
import { type BinaryCase, binaryRows, readVectors } from "./vectors.ts";

function difference(metric: MetricName, candidate: ScoredRows, champion: ScoredRows): Estimate {
  const result = measureDifference(metric, candidate, champion);
  if (isUnmeasurable(result)) throw new Error(`${metric}: ${result.reason}`);
  return result;
}

const paired = readVectors<BinaryCase>("metrics_binary").filter((one) => one.p2 !== undefined);

describe.each(paired)("pair $id", (one) => {
  const first = binaryRows(one);
  const second = binaryRows({ ...one, p: one.p2 ?? [] });

  test("roc_auc has DeLong's paired difference and interval", () => {
    const { value, lower, upper } = difference("roc_auc", first, second);
    const delong = one.expected.delong;
    expect(value).toBeCloseTo(delong?.diff ?? Number.NaN, 9);
    const [low, high] = delong?.diff_ci95 ?? [0, 0];
    expect(lower).toBeCloseTo(low, 9);
    expect(upper).toBeCloseTo(high, 9);
  });

  test.each(metricsOf.binary)("%s swaps its sign with the sides", (metric) => {
    const there = difference(metric, first, second);
    const back = difference(metric, second, first);
    expect(there.value).toBeCloseTo(-back.value, 12);
    expect(there.lower).toBeCloseTo(-back.upper, 12);
    expect(there.upper).toBeCloseTo(-back.lower, 12);
  });
});

describe("what cannot be compared", () => {
  const rows: ScoredRows = { task: "regression", predictions: [1, 2, 3, 5], labels: [1, 2, 4, 4] };

  test("other labels are refused", () =>
    expect(() => measureDifference("mae", rows, { ...rows, labels: [1, 2, 4, 5] })).toThrow(
      "expected label 5 in row 4, got 4",
    ));
  test("other lengths are refused", () =>
    expect(() => measureDifference("mae", rows, { ...rows, predictions: [1], labels: [1] })).toThrow(
      "expected 1 rows of the candidate, got 4",
    ));
  test("a candidate may not leave rows out", () =>
    expect(measureDifference("mae", { ...rows, predictions: [1, Number.NaN, 3, 5] }, rows)).toEqual({
      reason: "expected a candidate's prediction for all 4 rows, got none for 1",
    }));
  test("a champion without any answer is said to be the one", () =>
    expect(measureDifference("mae", rows, { ...rows, predictions: new Float64Array(4).fill(Number.NaN) })).toEqual({
      reason: "champion: expected at least one row with a label and a prediction, got none",
    }));
  test("rows without the champion's answer are left out of both sides", () => {
    const champion: ScoredRows = { ...rows, predictions: [1, Number.NaN, 3, 5] };
    expect(difference("mae", { ...rows, predictions: [2, 99, 4, 4] }, champion)).toMatchObject({ n: 3, excluded: 1 });
  });
});

test("two versions that agree on a few rows are not equal for certain", () => {
  const rows: ScoredRows = { task: "binary", predictions: [1, 0, 1, 0, 1, 1], labels: [1, 0, 1, 0, 0, 1] };
  for (const metric of ["accuracy", "precision", "recall", "f1"] as const) {
    const { value, lower, upper } = difference(metric, rows, rows);
    expect(value).toBe(0);
    expect(lower).toBeLessThan(-0.2);
    expect(upper).toBeGreaterThan(0.2);
  }
});
