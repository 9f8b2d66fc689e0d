import { describe, expect, test } from "@jest/globals";
import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measure,
  type ScoredRows,
} from "../../../src/core/metrics/metric.ts";
import {
  type BinaryCase,
  binaryRows,
  type ClassScoresCase,
  classScoresRows,
  type MulticlassCase,
  type RegressionCase,
  readVectors,
} from "./vectors.ts";

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
    // One row has no interval, equal labels no R², and 1e308 no square or sum.
    const without =
      one.id === "rg05" || (one.id === "rg07" && metric === "r2") || (one.id === "rg09" && metric !== "mape");
    if (without) expect(result).toEqual({ reason: expect.any(String) });
    else expect(result).toMatchObject({ value: expect.closeTo(expected, 9), n: expect.any(Number) });
    if (metric === "mape" && (one.expected.mape_excluded ?? 0) > 0)
      expect(result).toMatchObject({ excluded: one.expected.mape_excluded });
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

describe.each(readVectors<ClassScoresCase>("metrics_class_scores"))("scores of several classes $id", (one) => {
  const rows = classScoresRows(one);

  test.each(["log_loss", "brier", "roc_auc", "calibration_error"] as const)("%s by its definition", (metric) => {
    const { value, lower, upper, n } = estimated(metric, rows);
    expect(value).toBeCloseTo(one.expected[metric], 10);
    expect(lower).toBeLessThan(value);
    expect(upper).toBeGreaterThan(value);
    expect(n).toBe(one.y.length);
  });

  test("a class that never happened is no part of roc_auc", () => {
    const unseen = new Map(rows.classScores).set("never", new Float64Array(rows.labels.length));
    expect(estimated("roc_auc", { ...rows, classScores: unseen })).toEqual(estimated("roc_auc", rows));
  });

  test("a class of one row is no part of roc_auc, as its rank has no spread", () => {
    const rare = new Map([...(rows.classScores ?? [])].map(([name, s]) => [name, Float64Array.of(...s, 0)] as const));
    const more = { ...rows, labels: [...rows.labels, "rare"], predictions: [...rows.predictions, "rare"] };
    const withRare = { ...more, classScores: rare.set("rare", Float64Array.of(...rows.labels.map(() => 0), 1)) };
    const each = one.expected.roc_auc;
    const { value, lower, upper, n } = estimated("roc_auc", withRare);
    // The row is among the rest of the other classes, below all of them.
    expect(value).toBeGreaterThan(each);
    expect([lower < value, value < upper, n]).toEqual([true, true, one.y.length + 1]);
    expect(measure("roc_auc", withRare, { bootstrap: { seed: 1, resamples: 100 } })).toMatchObject({ value });
  });

  test("rows without any score are left out and counted", () => {
    const without = new Map(
      [...(rows.classScores ?? [])].map(([name, scores]) => [name, scores.with(0, Number.NaN)] as const),
    );
    const { n, excluded } = estimated("brier", { ...rows, classScores: without });
    expect({ n, excluded }).toEqual({ n: one.y.length - 1, excluded: 1 });
  });
});

test("the roc_auc of two classes is that of a binary model, interval and all", () => {
  const [one] = readVectors<BinaryCase>("metrics_binary");
  const rows = binaryRows(one as BinaryCase);
  const scores = rows.scores ?? new Float64Array();
  const both = new Map([
    ["0", scores.map((score) => 1 - score)],
    ["1", scores],
  ]);
  const { value, lower, upper } = estimated("roc_auc", { ...rows, task: "multiclass", classScores: both });
  const binary = estimated("roc_auc", rows);
  expect([value, lower, upper].map((end) => end.toFixed(10))).toEqual(
    [binary.value, binary.lower, binary.upper].map((end) => end.toFixed(10)),
  );
});

describe("what cannot be measured says why", () => {
  const several: ScoredRows = { task: "multiclass", predictions: ["a", "b", "a"], labels: ["a", "b", "b"] };
  const scoresOf = (a: readonly number[], b: readonly number[]) =>
    new Map([
      ["a", Float64Array.from(a)],
      ["b", Float64Array.from(b)],
    ]);

  const binary: ScoredRows = { task: "binary", predictions: [1, 0, 1], labels: [1, 0, 0] };
  const numbers: ScoredRows = { task: "regression", predictions: [1, 2], labels: [1, 3] };
  test.each<readonly [MetricName, ScoredRows, string]>([
    ["roc_auc", binary, "expected a score for roc_auc, got predictions only"],
    [
      "mae",
      binary,
      "expected one of roc_auc, average_precision, log_loss, brier, calibration_error, accuracy, precision, recall, f1 for a binary model, got mae",
    ],
    ["brier", { ...binary, scores: Float64Array.of(0.1, 2, 0.4) }, "expected scores from 0 to 1 for brier, got 2"],
    [
      "roc_auc",
      { ...binary, scores: Float64Array.of(0.1, 0.2, 0.3), labels: [0, 0, 0] },
      "expected labels of both classes, got one class only",
    ],
    [
      "accuracy",
      { ...binary, labels: ["stay", "leave", "stay"] },
      "expected 0 or 1, or to be told which class is positive, got the label stay",
    ],
    [
      "accuracy",
      { ...binary, labels: [Number.NaN, Number.NaN, Number.NaN] },
      "expected at least one row with a label and a prediction, got none",
    ],
    ["precision", { ...binary, predictions: [0, 0, 0] }, "expected rows predicted positive, got none"],
    ["recall", { ...binary, labels: [0, 0, 0] }, "expected rows labelled positive, got none"],
    [
      "mae",
      { ...numbers, predictions: [1, Number.POSITIVE_INFINITY] },
      "expected finite numbers, got the prediction Infinity",
    ],
    ["mae", { ...numbers, predictions: [1, "many"] }, "expected finite numbers, got the prediction many"],
    ["mape", { ...numbers, labels: [0, 0] }, "expected labels other than 0, got zeros only"],
    ["r2", { ...numbers, labels: [0.1, 0.1] }, "expected labels that differ, got one value only"],
    ["mae", { ...numbers, entities: ["a", "a"] }, "expected rows of at least 2 entities, got 1"],
    ["mae", { ...numbers, labels: [1, Number.NaN] }, "expected at least 2 rows, got 1"],
    ["log_loss", { ...binary, task: "multiclass" }, "expected a score for every class, got predictions only"],
    [
      "log_loss",
      { ...binary, task: "multiclass", classScores: new Map([["1", Float64Array.of(1, 1, 1)]]) },
      "expected a score for every class, got none for 0",
    ],
    [
      "brier",
      { ...several, classScores: scoresOf([0.5, 0.2, 1.2], [0.5, 0.8, -0.2]) },
      "expected scores from 0 to 1 for brier, got 1.2",
    ],
    [
      "log_loss",
      { ...several, classScores: scoresOf([0.5, 0.2, 0.7], [0.5, 0.8, 0.4]) },
      "expected scores of the classes that add up to 1 in every row, got 1.1",
    ],
    [
      "log_loss",
      { ...several, classScores: scoresOf([0.5, 0.2, 0.7], [0.5, Number.NaN, 0.3]) },
      "expected a score for every class in every row, got a row without that of b",
    ],
    [
      "roc_auc",
      { ...several, classScores: scoresOf([0.5, 0.2, 0.7], [0.5, 0.8, 0.3]) },
      "expected at least 2 rows of each of two classes, got b only",
    ],
    [
      "roc_auc",
      { ...several, labels: ["a", "a", "a"], classScores: scoresOf([0.5, 0.2, 0.7], [0.5, 0.8, 0.3]) },
      "expected at least 2 rows of each of two classes, got a only",
    ],
  ])("%s of %j", (metric, rows, reason) => expect(measure(metric, rows)).toEqual({ reason }));

  test("arrays of other lengths are refused", () =>
    expect(() => measure("mae", { ...numbers, entities: ["a"] })).toThrow(
      "expected 2 entities as there are labels, got 1",
    ));
});

test("rows with a missing value are left out and counted", () =>
  expect(
    measure("mae", { task: "regression", predictions: [1, "", 3, Number.NaN, 5], labels: [2, 2, 5, 4, 5] }),
  ).toMatchObject({ value: 1, n: 3, excluded: 2 }));

test("classes may have names: the positive one is told", () =>
  expect(
    estimated("recall", {
      task: "binary",
      predictions: ["leave", "stay", "leave"],
      labels: ["leave", "leave", "stay"],
      positive: "leave",
    }).value,
  ).toBe(0.5));

test("multiclass log loss by hand: halves and a quarter", () => {
  const classScores = new Map([
    ["a", Float64Array.of(0.5, 0.25)],
    ["b", Float64Array.of(0.5, 0.5)],
    ["c", Float64Array.of(0, 0.25)],
  ]);
  const rows: ScoredRows = { task: "multiclass", predictions: ["a", "b"], labels: ["b", "c"], classScores };
  expect(estimated("log_loss", rows).value).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 12);
});

test("a perfect ranking of few rows is not certain", () => {
  const rows: ScoredRows = {
    task: "binary",
    predictions: [0, 0, 1, 1],
    scores: Float64Array.of(0.1, 0.2, 0.8, 0.9),
    labels: [0, 0, 1, 1],
  };
  for (const metric of ["roc_auc", "average_precision"] as const) {
    expect(estimated(metric, rows)).toMatchObject({ value: 1, upper: 1 });
    expect(estimated(metric, rows).lower).toBeLessThan(0.5);
  }
});
