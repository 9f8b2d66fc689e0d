import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { balancedAccuracy } from "../../../src/core/metrics/balanced-accuracy.ts";
import { confusionOf } from "../../../src/core/metrics/confusion.ts";
import { matthewsCorrelation } from "../../../src/core/metrics/matthews-correlation.ts";
import { multiclassConfusion } from "../../../src/core/metrics/multiclass-confusion.ts";
import { multiclassF1 } from "../../../src/core/metrics/multiclass-f1.ts";
import { type BinaryCase, type MulticlassCase, readVectors } from "./vectors.ts";

describe.each(readVectors<BinaryCase>("metrics_binary"))("binary $id", (one) => {
  const predicted = Uint8Array.from(one.p, (score) => Number(score >= one.threshold));
  const counts = confusionOf(Uint8Array.from(one.y), predicted);

  test("counts, balanced accuracy and Matthews' correlation agree", () => {
    const { trueNegatives, falsePositives, falseNegatives, truePositives } = counts;
    const { confusion_tn_fp_fn_tp: cells, balanced_accuracy: balanced, mcc } = one.expected;
    expect([trueNegatives, falsePositives, falseNegatives, truePositives]).toEqual(cells);
    expect(balancedAccuracy(counts)).toBeCloseTo(balanced ?? Number.NaN, 12);
    expect(matthewsCorrelation(counts)).toBeCloseTo(mcc ?? Number.NaN, 12);
  });
});

test("a billion rows do not overflow the correlation", () => {
  const many = { truePositives: 1e9, falsePositives: 0, falseNegatives: 0, trueNegatives: 1e9 };
  expect(matthewsCorrelation(many)).toBeCloseTo(1, 12);
});

describe.each(readVectors<MulticlassCase>("metrics_multiclass"))("multiclass $id", (one) => {
  const confusion = multiclassConfusion(Int32Array.from(one.y), Int32Array.from(one.yhat), one.classes);

  test.each(["macro", "weighted", "micro"] as const)("%s F1 agrees", (average) =>
    expect(multiclassF1(confusion, average)).toBeCloseTo(one.expected[`f1_${average}_zd0`] ?? Number.NaN, 12),
  );
});

test("no rows have no value", () => {
  const none = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  expect(balancedAccuracy(none)).toBeUndefined();
  expect(matthewsCorrelation(none)).toBe(0);
  expect(multiclassF1(multiclassConfusion(new Int32Array(0), new Int32Array(0), 3), "macro")).toBeUndefined();
});

const classes = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 60,
});
const countsOf = (rows: readonly (readonly [number, number])[]) =>
  confusionOf(
    Uint8Array.from(rows, ([label]) => label),
    Uint8Array.from(rows, ([, guess]) => guess),
  );

test("counts merge by addition; what is made of them is bounded and the same for either name of the classes", () =>
  fc.assert(
    fc.property(classes, classes, (some, others) => {
      const [one, other, both] = [countsOf(some), countsOf(others), countsOf([...some, ...others])];
      for (const key of ["truePositives", "falsePositives", "falseNegatives", "trueNegatives"] as const)
        expect(both[key]).toBe(one[key] + other[key]);
      const swapped = countsOf(some.map(([label, guess]) => [1 - label, 1 - guess] as const));
      const [correlation, balanced] = [matthewsCorrelation(one), balancedAccuracy(one) ?? Number.NaN];
      expect(Math.abs(correlation)).toBeLessThanOrEqual(1);
      expect(balanced >= 0 && balanced <= 1).toBe(true);
      expect(matthewsCorrelation(swapped)).toBeCloseTo(correlation, 12);
      expect(balancedAccuracy(swapped)).toBeCloseTo(balanced, 12);
      const wrong = countsOf(some.map(([label, guess]) => [label, 1 - guess] as const));
      expect(matthewsCorrelation(wrong)).toBeCloseTo(-correlation, 12);
    }),
  ));
