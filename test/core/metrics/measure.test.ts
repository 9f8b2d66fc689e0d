import { describe, expect, test } from "@jest/globals";
import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measure,
  type ScoredRows,
} from "../../../src/core/metrics/metric.ts";
import { type BinaryCase, binaryRows, type MulticlassCase, type RegressionCase, readVectors } from "./vectors.ts";

function estimated(metric: MetricName, rows: ScoredRows): Estimate {
  const result = measure(metric, rows);
  if (isUnmeasurable(result)) throw new Error(`${metric}: ${result.reason}`);
  return result;
}

const names: readonly (readonly [MetricName, string])[] = [
  ["roc_auc", "roc_auc"],
  ["average_precision", "average_precision"],
  ["log_loss", "log_loss"],
  ["brier", "brier"],
  ["calibration_error", "ece10"],
  ["accuracy", "accuracy"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["f1", "f1"],
];

describe.each(readVectors<BinaryCase>("metrics_binary"))("binary $id", (one) => {
  const rows = binaryRows(one);

  test.each(names)("%s agrees with scikit-learn", (metric, key) => {
    const expected = one.expected[key] ?? Number.NaN;
    const result = measure(metric, rows);
    // DeLong's variance needs two rows of each class, so these sets have a value and no interval.
    const noInterval =
      metric === "roc_auc" && !(one.expected.delong?.var !== undefined && one.expected.delong.var >= 0);
    if (Number.isNaN(expected) || noInterval) expect(result).toEqual({ reason: expect.any(String) });
    else expect(Math.abs(estimated(metric, rows).value - expected)).toBeLessThan(1e-9);
  });

  test("accuracy has Wilson's interval", () => {
    const { lower, upper, n } = estimated("accuracy", rows);
    expect(lower).toBeCloseTo(one.expected.accuracy_wilson95[0], 10);
    expect(upper).toBeCloseTo(one.expected.accuracy_wilson95[1], 10);
    expect(n).toBe(one.y.length);
  });

  const logit = one.expected.delong?.ci95_logit;
  if (logit !== undefined)
    test("roc_auc has DeLong's interval on the logit scale", () => {
      const { lower, upper } = estimated("roc_auc", rows);
      expect(lower).toBeCloseTo(logit[0], 9);
      expect(upper).toBeCloseTo(logit[1], 9);
    });
});

describe.each(readVectors<RegressionCase>("metrics_regression"))("regression $id", (one) => {
  const rows: ScoredRows = { task: "regression", predictions: one.yhat, labels: one.y };
  const regressionNames = [
    ["mae", "mae"],
    ["rmse", "rmse"],
    ["mape", "mape_nonzero_only"],
    ["r2", "r2"],
    ["bias", "bias"],
  ] as const;

  test.each(regressionNames)("%s agrees with scikit-learn", (metric, key) => {
    const expected = one.expected[key] ?? Number.NaN;
    const result = measure(metric, rows);
    if (isUnmeasurable(result))
      expect(
        one.y.length === 1 || !Number.isFinite(one.expected.mae) || Number.isNaN(expected) || metric === "r2",
      ).toBe(true);
    else expect(Math.abs(result.value - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
  });

  const student = one.expected.mae_t_ci95;
  if (student?.every(Number.isFinite))
    test("mae has Student's interval, cut at 0", () => {
      const { lower, upper } = estimated("mae", rows);
      expect(lower).toBeCloseTo(Math.max(0, student[0]), 9);
      expect(upper).toBeCloseTo(student[1], 9);
    });
});

describe.each(readVectors<MulticlassCase>("metrics_multiclass"))("multiclass $id", (one) => {
  test("accuracy and macro_f1 agree with scikit-learn", () => {
    const rows: ScoredRows = { task: "multiclass", predictions: one.yhat, labels: one.y };
    expect(estimated("accuracy", rows).value).toBeCloseTo(one.expected.accuracy ?? Number.NaN, 10);
    // A class that nobody has and nobody gets is unknown here: scikit-learn, told of three classes, counts it as 0.
    const seen = new Set([...one.y, ...one.yhat]).size;
    const expected = ((one.expected.f1_macro_zd0 ?? Number.NaN) * one.classes) / seen;
    expect(estimated("macro_f1", rows).value).toBeCloseTo(expected, 10);
  });
});
