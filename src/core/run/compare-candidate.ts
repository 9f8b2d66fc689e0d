import {
  type Estimate,
  isUnmeasurable,
  type MeasureOptions,
  type MetricName,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
  type Task,
  type Unmeasurable,
} from "../metrics/metric.ts";
import { inputOf, presentRows } from "../metrics/prepared-rows.ts";
import type { Policy } from "../policy/policy.ts";

/** One metric of a candidate and of the champion on the same rows, and their paired difference. */
export interface MetricComparison {
  readonly metric: MetricName;
  readonly candidate: Estimate | Unmeasurable;
  readonly champion: Estimate | Unmeasurable;
  /** Candidate minus champion, in the metric's unit. */
  readonly difference: Estimate | Unmeasurable;
}

/** The metrics a candidate is measured by: those the policy watches, and those its gates name. In the task's order. */
export function metricsToMeasure(
  policy: Pick<Policy, "performance"> & { readonly evaluate: Pick<Policy["evaluate"], "gates"> },
  task: Task,
): readonly MetricName[] {
  const named = policy.evaluate.gates.flatMap(({ source }) => source.match(/\w+/g) ?? []);
  const wanted = new Set<string>([...policy.performance.metrics, ...named]);
  return metricsOf[task].filter((metric) => wanted.has(metric));
}

/**
 * Measures candidate and champion on the same rows. O(n log n) a metric.
 *
 * @param candidate  one entry a row; the same rows in the same order as `champion`
 * @param options    of the intervals; 95 % when left out
 * @throws InvalidInput when the two sides are not the same rows
 */
export function compareCandidate(
  metrics: readonly MetricName[],
  candidate: ScoredRows,
  champion: ScoredRows,
  options: MeasureOptions = {},
): readonly MetricComparison[] {
  return metrics.map((metric) => {
    const found = {
      metric,
      candidate: measure(metric, candidate, options),
      champion: measure(metric, champion, options),
      difference: measureDifference(metric, candidate, champion, options),
    };
    const isSilent = !isUnmeasurable(found.candidate) && hasNoAnswer(metric, champion);
    return isSilent ? { ...found, champion: noAnswer, difference: noAnswer } : found;
  });
}

const noAnswer: Unmeasurable = {
  reason:
    "champion: expected at least one row that it served, got none: choose a holdout with rows that the champion served, " +
    "or a trainer that scores the rows with it too (champion_prediction, champion_score)",
};

/** Whether nothing is known of what a side says of any labelled row. */
function hasNoAnswer(metric: MetricName, rows: ScoredRows): boolean {
  const input = inputOf(metric, rows);
  return !isUnmeasurable(input) && presentRows(rows.labels, input).length === 0;
}

/** What a candidate promises once it serves: each metric that could be measured. */
export function promiseOf(comparisons: readonly MetricComparison[]): Readonly<Record<string, Estimate>> {
  return Object.fromEntries(
    comparisons.flatMap(({ metric, candidate }) => (isUnmeasurable(candidate) ? [] : [[metric, candidate] as const])),
  );
}
