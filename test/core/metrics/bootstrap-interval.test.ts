import { describe, expect, test } from "@jest/globals";
import { bootstrapInterval } from "../../../src/core/metrics/bootstrap-interval.ts";
import {
  isUnmeasurable,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
} from "../../../src/core/metrics/metric.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { type BinaryCase, binaryRows, readVectors } from "./vectors.ts";

test("the generator gives mulberry32's numbers", () => {
  const random = seededRandom(12_345);
  expect([random(), random(), random(), random()]).toEqual([
    0.9797282677609473, 0.3067522644996643, 0.484205421525985, 0.817934412509203,
  ]);
});

describe.each(
  readVectors<BinaryCase>("metrics_binary").filter((one) => one.expected.accuracy_bootstrap95_B500_seed7 !== null),
)("$id", (one) => {
  test("resamples draw by draw as the reference does", () => {
    const right = one.p.map((score, row) => Number(Number(score >= one.threshold) === one.y[row]));
    const accuracy = (weights: Float64Array) =>
      weights.reduce((sum, weight, row) => sum + weight * (right[row] ?? 0), 0) / right.length;
    const result = bootstrapInterval(accuracy, right.length, { seed: 7, resamples: 500 });
    const [lower, upper] = one.expected.accuracy_bootstrap95_B500_seed7 ?? [];
    expect(result).toEqual([expect.closeTo(lower ?? Number.NaN, 12), expect.closeTo(upper ?? Number.NaN, 12)]);
  });
});

test("a statistic that most resamples lack has no interval", () =>
  expect(bootstrapInterval((weights) => (weights[0] === 0 ? 1 : undefined), 20, { seed: 1 })).toEqual({
    reason: expect.stringMatching(/^expected the metric in 95 % of the resamples, got it in 3\d\d of 1000$/),
  }));

/** Rows of `entities` copied: what a log looks like that holds every case many times. */
function copied(rows: ScoredRows, times: number): ScoredRows {
  const repeat = <T>(values: readonly T[]) => values.flatMap((value) => Array.from({ length: times }, () => value));
  return {
    task: rows.task,
    predictions: repeat([...rows.predictions]),
    labels: repeat([...rows.labels]),
    ...(rows.scores === undefined ? {} : { scores: Float64Array.from(repeat([...rows.scores])) }),
    ...(rows.classScores === undefined
      ? {}
      : {
          classScores: new Map(
            [...rows.classScores].map(([name, scores]) => [name, Float64Array.from(repeat([...scores]))] as const),
          ),
        }),
    entities: repeat([...rows.labels].map((_, row) => `entity ${row}`)),
  };
}

const random = seededRandom(99);
const noise = () => random() + random() + random() - 1.5;
const labels = Array.from({ length: 400 }, () => 20 + 5 * noise());
const regression = (spread: number): ScoredRows => ({
  task: "regression",
  labels,
  predictions: labels.map((label) => label + spread * noise()),
});
const pair = readVectors<BinaryCase>("metrics_binary").find((one) => one.id === "bm12") as BinaryCase;
const multiclass = (wrong: number): ScoredRows => {
  const predictions = labels.map((label, row) => (Math.round(label) + Number(row % wrong === 0)) % 3);
  const sure = predictions.map(() => 0.4 + 0.5 * random());
  const score = (which: number) =>
    Float64Array.from(predictions, (guess, row) => (guess === which ? (sure[row] ?? 0) : (1 - (sure[row] ?? 0)) / 2));
  return {
    task: "multiclass",
    labels: labels.map((label) => Math.round(label) % 3),
    predictions,
    classScores: new Map([0, 1, 2].map((which) => [String(which), score(which)] as const)),
  };
};
const sides = {
  binary: [binaryRows(pair), binaryRows({ ...pair, p: pair.p2 ?? [] })],
  regression: [regression(2), regression(3)],
  multiclass: [multiclass(5), multiclass(7)],
} as const;

describe.each(["binary", "regression", "multiclass"] as const)("%s", (task) => {
  const [first, second] = sides[task];
  const names = metricsOf[task];

  test.each(names)("%s: influences and resamples agree on the width", (metric) => {
    const bootstrap = { seed: 5, resamples: 400 };
    const quick = measure(metric, first);
    const slow = measure(metric, first, { bootstrap });
    const quickPair = measureDifference(metric, first, second);
    const slowPair = measureDifference(metric, first, second, { bootstrap });
    if (isUnmeasurable(quick) || isUnmeasurable(slow) || isUnmeasurable(quickPair) || isUnmeasurable(slowPair))
      throw new Error("measurable");
    expect(slow).toMatchObject({ value: quick.value, n: quick.n, method: "bootstrap", seed: 5 });
    expect(slowPair.value).toBe(quickPair.value);
    // Calibration error's analytic interval is wider on purpose: it allows for the noise that lifts it.
    const [least, most] = metric === "calibration_error" ? [0.3, 1] : [0.8, 1.2];
    for (const [one, other] of [
      [quick, slow],
      [quickPair, slowPair],
    ] as const) {
      const ratio = (other.upper - other.lower) / (one.upper - one.lower);
      expect(ratio).toBeGreaterThan(least);
      expect(ratio).toBeLessThan(most);
    }
  });

  test.each(names)("%s: copies of a row by its entity tell nothing new", (metric) => {
    const options = { bootstrap: { seed: 5, resamples: 100 } };
    const alone = measure(metric, first, options);
    const many = measure(metric, copied(first, 4), options);
    if (isUnmeasurable(alone) || isUnmeasurable(many)) throw new Error("measurable");
    expect(many.n).toBe(4 * alone.n);
    expect(many.lower).toBeCloseTo(alone.lower, 9);
    expect(many.upper).toBeCloseTo(alone.upper, 9);
    const quick = measure(metric, first);
    const quickMany = measure(metric, copied(first, 4));
    if (isUnmeasurable(quick) || isUnmeasurable(quickMany)) throw new Error("measurable");
    expect((quickMany.upper - quickMany.lower) / (quick.upper - quick.lower)).toBeCloseTo(1, 1);
  });
});

test("the bootstrap takes noise off calibration error instead of adding it twice", () => {
  const draw = seededRandom(17);
  let covered = 0;
  for (let round = 0; round < 40; round++) {
    // Perfectly calibrated: the true error is 0, and what is measured is noise.
    const scores = Float64Array.from({ length: 200 }, draw);
    const rows: ScoredRows = {
      task: "binary",
      scores,
      predictions: scores,
      labels: scores.map((score) => Number(draw() < score)),
    };
    const [quick, slow] = [
      measure("calibration_error", rows),
      measure("calibration_error", rows, { bootstrap: { seed: round, resamples: 100 } }),
    ] as const;
    if (isUnmeasurable(quick) || isUnmeasurable(slow)) throw new Error("measurable");
    expect(quick.lower).toBeLessThan(0.01);
    expect(slow.lower).toBeLessThan(slow.value);
    covered += Number(slow.lower < 0.02);
  }
  // Plain percentiles: 0 of 40.
  expect(covered).toBeGreaterThan(24);
});

test("options out of range are refused", () => {
  const [first] = sides.regression;
  expect(() => measure("mae", first, { confidence: 1 })).toThrow("expected a confidence between 0 and 1, got 1");
  expect(() => measure("mae", first, { designEffect: 0.5 })).toThrow("expected a design effect of at least 1, got 0.5");
  expect(() => measure("mae", first, { bootstrap: { seed: 1.5 } })).toThrow(
    "expected a whole seed and 100 to 100000 resamples",
  );
  expect(() => measure("mae", first, { bootstrap: { seed: 1 }, designEffect: 2 })).toThrow(
    "expected no design effect with a bootstrap",
  );
});
