import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { calibrateScore } from "../../../src/core/metrics/calibrate-score.ts";
import { expectPerformance } from "../../../src/core/metrics/expect-performance.ts";
import { isotonicCalibration } from "../../../src/core/metrics/isotonic-calibration.ts";
import type { MetricName } from "../../../src/core/metrics/metric.ts";
import { readVectors } from "./vectors.ts";

type Expected = Readonly<Record<string, number>>;
interface Case {
  readonly id: string;
  readonly ref: { readonly y: readonly number[]; readonly p: readonly number[] };
  readonly analysis: { readonly p: readonly number[] };
  readonly expected: {
    readonly isotonic_knots: readonly (readonly [number, number])[];
    readonly chunks: readonly {
      readonly rows: readonly [number, number];
      readonly uncalibrated: Expected;
      readonly isotonic: Expected;
    }[];
    readonly nannyml: {
      readonly needs_calibration: boolean;
      readonly per_chunk: readonly Readonly<Record<string, { readonly value: number }>>[];
    };
  };
}

const names: readonly (readonly [MetricName, string])[] = [
  ["accuracy", "accuracy"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["f1", "f1"],
  ["brier", "brier_exp"],
  ["roc_auc", "roc_auc_tie_grouped"],
];

describe.each(readVectors<Case>("cbpe"))("$id", (one) => {
  const knots = isotonicCalibration(Float64Array.from(one.ref.p), Uint8Array.from(one.ref.y));

  test("the map is that of scikit-learn at its knots and between them", () => {
    const theirs = one.expected.isotonic_knots;
    for (const [at, [score, probability]] of theirs.entries()) {
      expect(calibrateScore(knots, score)).toBeCloseTo(probability, 9);
      const [nextScore, nextProbability] = theirs[at + 1] ?? [score, probability];
      expect(calibrateScore(knots, (score + nextScore) / 2)).toBeCloseTo((probability + nextProbability) / 2, 9);
    }
  });

  test.each(names)("%s agrees before and after calibration", (metric, key) => {
    for (const chunk of one.expected.chunks) {
      const scores = Float64Array.from(one.analysis.p.slice(...chunk.rows));
      const rows = { scores, predicted: Uint8Array.from(scores, (score) => Number(score >= 0.5)) };
      const plain = expectPerformance(metric, rows);
      const calibrated = expectPerformance(metric, rows, knots);
      expect(plain).toEqual({ n: scores.length, value: expect.closeTo(chunk.uncalibrated[key] ?? Number.NaN, 7) });
      expect(calibrated).toEqual({ n: scores.length, value: expect.closeTo(chunk.isotonic[key] ?? Number.NaN, 7) });
    }
  });

  test.each(["accuracy", "precision", "recall", "f1", "roc_auc"] as const)("%s agrees with NannyML", (metric) => {
    const { needs_calibration: calibrated, per_chunk: chunks } = one.expected.nannyml;
    for (const [at, chunk] of one.expected.chunks.entries()) {
      const scores = Float64Array.from(one.analysis.p.slice(...chunk.rows));
      const rows = { scores, predicted: Uint8Array.from(scores, (score) => Number(score >= 0.5)) };
      const result = expectPerformance(metric, rows, calibrated ? knots : undefined);
      expect(result).toMatchObject({ value: expect.closeTo(chunks[at]?.[metric]?.value ?? Number.NaN, 6) });
    }
  });
});

test("pools by hand: 1, 0 at rising scores become one step at a half", () => {
  const knots = isotonicCalibration(Float64Array.of(0.1, 0.4, 0.6, 0.9), Uint8Array.of(0, 1, 0, 1));
  expect(knots).toEqual([
    [0.1, 0],
    [0.4, 0.5],
    [0.6, 0.5],
    [0.9, 1],
  ]);
  expect(calibrateScore(knots, 0)).toBe(0);
  expect(calibrateScore(knots, 0.25)).toBeCloseTo(0.25, 12);
  expect(calibrateScore(knots, 1)).toBe(1);
});

const labelled = fc.array(
  fc.record({ score: fc.integer({ min: 0, max: 20 }), label: fc.integer({ min: 0, max: 1 }) }),
  { minLength: 1, maxLength: 60 },
);

test("the map never falls and keeps the number of positives", () =>
  fc.assert(
    fc.property(labelled, (rows) => {
      const scores = Float64Array.from(rows, (row) => row.score / 20);
      const knots = isotonicCalibration(
        scores,
        Uint8Array.from(rows, (row) => row.label),
      );
      const values = scores.map((score) => calibrateScore(knots, score));
      const sorted = [...scores.keys()]
        .sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0))
        .map((row) => values[row] ?? -1);
      expect(sorted.every((value, at) => at === 0 || value >= (sorted[at - 1] ?? 0))).toBe(true);
      const positives = rows.reduce((total, row) => total + row.label, 0);
      expect(values.reduce((total, value) => total + value, 0)).toBeCloseTo(positives, 8);
    }),
  ));

test("log loss by hand: one row of score 0.8 that is right eight times in ten", () => {
  const rows = { scores: Float64Array.of(0.8), predicted: Uint8Array.of(1) };
  const entropy = -0.8 * Math.log(0.8) - 0.2 * Math.log(0.2);
  expect(expectPerformance("log_loss", rows)).toEqual({ value: expect.closeTo(entropy, 12), n: 1 });
});

test("what cannot be estimated says why", () => {
  const rows = { scores: Float64Array.of(0, 0), predicted: Uint8Array.of(0, 0) };
  expect(expectPerformance("precision", rows)).toEqual({
    reason: "expected rows of both classes for precision, got one only",
  });
  expect(expectPerformance("roc_auc", rows)).toEqual({
    reason: "expected rows of both classes for roc_auc, got one only",
  });
  expect(expectPerformance("accuracy", rows)).toEqual({ value: 1, n: 2 });
  expect(expectPerformance("mae", rows)).toEqual({
    reason: "expected a metric that can be estimated from these scores, got mae",
  });
  expect(expectPerformance("accuracy", { ...rows, scores: Float64Array.of(0.5, 1.5) })).toEqual({
    reason: "expected scores from 0 to 1, got 1.5",
  });
  expect(expectPerformance("accuracy", { scores: new Float64Array(0), predicted: new Uint8Array(0) })).toEqual({
    reason: "expected at least one row with a score, got none",
  });
  expect(() => isotonicCalibration(Float64Array.of(1), new Uint8Array(0))).toThrow("expected a label for each");
});
