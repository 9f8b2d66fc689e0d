import { expect, test } from "@jest/globals";
import {
  isUnmeasurable,
  type MetricName,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
  worsening,
} from "../../../src/core/metrics/metric.ts";
import { type Random, seededRandom } from "../../../src/core/metrics/seeded-random.ts";

const rounds = 150;
const confidence = 0.95;

function normal(random: Random): number {
  let total = -6;
  for (let draw = 0; draw < 12; draw++) total += random();
  return total;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Two models of the same cases; with `copies`, each case is one entity with that many rows. */
function simulate(
  task: "binary" | "regression",
  n: number,
  random: Random,
  copies = 1,
): readonly [ScoredRows, ScoredRows] {
  const labels = new Float64Array(n);
  const [first, second] = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < n; row++) {
    const copyOf = row - (row % copies);
    if (copyOf !== row) for (const column of [labels, first, second]) column[row] = column[copyOf] ?? 0;
    else if (task === "binary") {
      const odds = 1.8 * normal(random) - 1;
      labels[row] = Number(random() < logistic(odds));
      first[row] = logistic(odds + 0.7 * normal(random));
      second[row] = logistic(odds + normal(random));
    } else {
      labels[row] = 50 + 10 * normal(random);
      first[row] = (labels[row] ?? 0) + 3 * normal(random) + 0.5;
      second[row] = (first[row] ?? 0) + 2 * normal(random);
    }
  }
  const rowsOf = (scores: Float64Array): ScoredRows => ({
    task,
    labels,
    predictions: task === "binary" ? scores.map((score) => Number(score >= 0.5)) : scores,
    scores,
    ...(copies > 1 ? { entities: Array.from(labels, (_, row) => String(Math.floor(row / copies))) } : {}),
  });
  return [rowsOf(first), rowsOf(second)];
}

const cases = [
  ["binary", 1],
  ["binary", 4],
  ["regression", 1],
  ["regression", 4],
] as const;

// Means and rankings of 120 rows cover 93 to 95 %, and 150 rounds then stay above 0.87 in all but one run of hundreds;
// taking copies of a case for new cases would cover two thirds. The seeds are fixed, so this is no lottery.
// Wider than said are, on purpose: calibration error, which allows for noise, and differences of a few counts.
test.each(cases)("%s with %d rows an entity: intervals cover the truth as often as they say", (task, copies) => {
  const random = seededRandom(2_024 + copies);
  const [one, other] = simulate(task, 40_000, random);
  const covered = new Map<string, number>();
  const count = (key: string, hit: boolean) => covered.set(key, (covered.get(key) ?? 0) + Number(hit));
  const truth = new Map<MetricName, readonly [number, number]>();
  for (const metric of metricsOf[task]) {
    const [here, there] = [measure(metric, one), measure(metric, other)];
    if (isUnmeasurable(here) || isUnmeasurable(there)) throw new Error(metric);
    truth.set(metric, [here.value, there.value]);
  }
  for (let round = 0; round < rounds; round++) {
    const [first, second] = simulate(task, 120 * copies, random, copies);
    const [before] = simulate(task, 200 * copies, random, copies);
    for (const [metric, [here, there]] of truth) {
      const estimate = measure(metric, first, { confidence });
      const baseline = measure(metric, before, { confidence });
      const difference = measureDifference(metric, first, second, { confidence });
      if (isUnmeasurable(estimate) || isUnmeasurable(baseline) || isUnmeasurable(difference)) throw new Error(metric);
      count(`${metric} alone`, estimate.lower <= here && here <= estimate.upper);
      count(`${metric} difference`, difference.lower <= here - there && here - there <= difference.upper);
      const worse = worsening(baseline, estimate, metric);
      count(`${metric} worsening`, worse.lower <= 0 && 0 <= worse.upper);
    }
  }
  const low = [...covered].filter(([, hits]) => hits / rounds < 0.87);
  const high = [...covered].filter(
    ([key, hits]) => hits / rounds > 0.99 && key.endsWith("alone") && !key.startsWith("calibration_error"),
  );
  expect({ low, high }).toEqual({ low: [], high: [] });
});
