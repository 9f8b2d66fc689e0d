import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
  type Task,
} from "../../../src/core/metrics/metric.ts";

const tasks = ["binary", "multiclass", "regression"] as const;

/** Numbers a log really holds, and the ones that break things. */
const anyNumber = fc.oneof(
  fc.integer({ min: -2, max: 3 }),
  fc.double(),
  fc.constantFrom(0, 1, 0.5, Number.NaN, 1e308, -1e308, 5e-324),
);
const anyRows = fc
  .record({ task: fc.constantFrom<Task>(...tasks), n: fc.integer({ min: 0, max: 25 }) })
  .chain(({ task, n }) => {
    const some = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: n, maxLength: n });
    const value = task === "regression" ? anyNumber : fc.constantFrom<number | string>(0, 1, "1", "a", Number.NaN, "");
    return fc.record({
      task: fc.constant(task),
      predictions: some(value),
      labels: some(value),
      scores: some(fc.oneof({ weight: 4, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }, anyNumber)).map(
        (scores) => Float64Array.from(scores),
      ),
      // Thirds of a row add up to 1 and NaN is a row without scores; one in six sets is spoiled.
      classScores: fc.tuple(some(fc.double({ min: 0, max: 1 })), fc.nat(5)).map(
        ([scores, spoil]) =>
          new Map(
            ["0", "1", "a"].map((name, which) => {
              const share = (score: number) => (which === 0 ? 1 - score : score / 2);
              return [name, Float64Array.from(scores, (score) => share(score) * (spoil === 0 ? 1.5 : 1))] as const;
            }),
          ),
      ),
      positive: fc.constantFrom<number | string>("a", 1),
    });
  });
const spoiled: fc.Arbitrary<ScoredRows> = fc
  .tuple(anyRows, fc.boolean())
  .map(([rows, grouped]) => (grouped ? { ...rows, entities: rows.labels.map((_, row) => `e${row % 7}`) } : rows));

function expectSound(result: Estimate | { readonly reason: string }): void {
  if (isUnmeasurable(result)) {
    expect(result.reason).toMatch(/expected .*, got /);
    expect(result.reason).not.toMatch(/undefined/);
    return;
  }
  const { value, lower, upper, n } = result;
  expect([value, lower, upper, n].every(Number.isFinite)).toBe(true);
  expect(lower).toBeLessThanOrEqual(value);
  expect(value).toBeLessThanOrEqual(upper);
}

test("whatever the rows, an estimate is finite and in order, or there is a reason", () =>
  fc.assert(
    fc.property(spoiled, spoiled, (rows, other) => {
      for (const metric of metricsOf[rows.task]) {
        expectSound(measure(metric, rows));
        const same = { ...rows, predictions: other.predictions.slice(0, rows.labels.length) };
        if (same.predictions.length === rows.labels.length) expectSound(measureDifference(metric, rows, same));
      }
    }),
    { numRuns: 300 },
  ));

const ranked = fc.array(fc.record({ score: fc.integer({ min: 0, max: 30 }), label: fc.integer({ min: 0, max: 1 }) }), {
  minLength: 4,
  maxLength: 80,
});
const rowsOf = (
  rows: readonly { readonly score: number; readonly label: number }[],
  map = (score: number) => score / 30,
): ScoredRows => ({
  task: "binary",
  labels: rows.map((row) => row.label),
  predictions: rows.map((row) => Number(row.score > 15)),
  scores: Float64Array.from(rows, (row) => map(row.score)),
});
const value = (metric: MetricName, rows: ScoredRows) => {
  const result = measure(metric, rows);
  return isUnmeasurable(result) ? undefined : result;
};

describe("ranking", () => {
  test("a rising map of the scores changes neither roc_auc nor average_precision", () =>
    fc.assert(
      fc.property(ranked, (rows) => {
        for (const metric of ["roc_auc", "average_precision"] as const)
          expect(
            measure(
              metric,
              rowsOf(rows, (score) => Math.exp(score / 3) - 7),
            ),
          ).toEqual(measure(metric, rowsOf(rows)));
      }),
    ));
  test("falling scores mirror roc_auc and its interval", () =>
    fc.assert(
      fc.property(ranked, (rows) => {
        const [up, down] = [
          value("roc_auc", rowsOf(rows)),
          value(
            "roc_auc",
            rowsOf(rows, (score) => -score),
          ),
        ];
        expect(down === undefined).toBe(up === undefined);
        if (up === undefined || down === undefined) return;
        expect(down.value).toBeCloseTo(1 - up.value, 12);
        expect(down.lower).toBeCloseTo(1 - up.upper, 9);
        expect(down.upper).toBeCloseTo(1 - up.lower, 9);
      }),
    ));
  test("roc_auc is the share of pairs ranked rightly", () =>
    fc.assert(
      fc.property(ranked, (rows) => {
        const measured = value("roc_auc", rowsOf(rows));
        if (measured === undefined) return;
        const of = (label: number) => rows.filter((row) => row.label === label).map((row) => row.score);
        const pairs = of(1).flatMap((high) => of(0).map((low) => (high > low ? 1 : high === low ? 0.5 : 0)));
        expect(measured.value).toBeCloseTo(pairs.reduce<number>((total, pair) => total + pair, 0) / pairs.length, 12);
      }),
    ));
});

test("the order of the rows does not matter", () =>
  fc.assert(
    fc.property(ranked, (rows) => {
      for (const metric of metricsOf.binary) {
        const [forth, back] = [value(metric, rowsOf(rows)), value(metric, rowsOf(rows.toReversed()))];
        expect(back?.value ?? -1).toBeCloseTo(forth?.value ?? -1, 10);
        expect(back?.lower ?? -1).toBeCloseTo(forth?.lower ?? -1, 10);
      }
    }),
  ));

test("a design effect of four doubles what a mean is uncertain by", () => {
  const rows: ScoredRows = {
    task: "regression",
    labels: Array.from({ length: 500 }, (_, row) => row % 17),
    predictions: new Float64Array(500).fill(8),
  };
  const [plain, wide] = [measure("bias", rows), measure("bias", rows, { designEffect: 4 })] as const;
  if (isUnmeasurable(plain) || isUnmeasurable(wide)) throw new Error("measurable");
  expect((wide.upper - wide.value) / (plain.upper - plain.value)).toBeCloseTo(2, 10);
});
