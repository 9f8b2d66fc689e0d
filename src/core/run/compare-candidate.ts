import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
  type Task,
  type Unmeasurable,
} from "../metrics/metric.ts";
import type { EstimateFacts, GateFacts } from "../policy/facts.ts";
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
export function metricsToMeasure(policy: Pick<Policy, "performance" | "evaluate">, task: Task): readonly MetricName[] {
  const named = policy.evaluate.gates.flatMap(({ source }) => source.match(/\w+/g) ?? []);
  const wanted = new Set<string>([...policy.performance.metrics, ...named]);
  return metricsOf[task].filter((metric) => wanted.has(metric));
}

/**
 * Measures candidate and champion on the same rows. O(n log n) a metric.
 *
 * @param candidate  one entry a row; the same rows in the same order as `champion`
 * @throws InvalidInput when the two sides are not the same rows
 */
export function compareCandidate(
  metrics: readonly MetricName[],
  candidate: ScoredRows,
  champion: ScoredRows,
): readonly MetricComparison[] {
  return metrics.map((metric) => ({
    metric,
    candidate: measure(metric, candidate),
    champion: measure(metric, champion),
    difference: measureDifference(metric, candidate, champion),
  }));
}

/** What gates are asked about. A metric that could not be measured is absent, and its reason is told. */
export function gateFactsOf(comparisons: readonly MetricComparison[]): GateFacts {
  const sides = { candidate: {}, champion: {}, difference: {} } as Record<Side, Record<string, EstimateFacts>>;
  const reasons: Record<Side, string[]> = { candidate: [], champion: [], difference: [] };
  for (const comparison of comparisons)
    for (const side of ["candidate", "champion", "difference"] as const) {
      const result = comparison[side];
      if (isUnmeasurable(result)) reasons[side].push(`${comparison.metric}: ${result.reason}`);
      else {
        const { value, lower, upper } = result;
        sides[side][comparison.metric] = { value, lower, upper };
      }
    }
  const absent = Object.entries(reasons).filter(([, list]) => list.length > 0);
  return {
    ...sides,
    ...(absent.length === 0
      ? {}
      : { absent: Object.fromEntries(absent.map(([side, list]) => [side, list.join("; ")])) }),
  };
}

type Side = "candidate" | "champion" | "difference";

/** What a candidate promises once it serves: each metric that could be measured. */
export function promiseOf(comparisons: readonly MetricComparison[]): Readonly<Record<string, Estimate>> {
  return Object.fromEntries(
    comparisons.flatMap(({ metric, candidate }) => (isUnmeasurable(candidate) ? [] : [[metric, candidate] as const])),
  );
}
