import type { Clusters } from "./clusters.ts";
import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { influenceVariance } from "./influence-variance.ts";
import { lineariseMetric } from "./linearise-metric.ts";
import type { MetricName } from "./metric-names.ts";
import type { ScoredRows } from "./scored-rows.ts";

/** What each row contributes to a metric's error, and the variance that its interval takes for granted. */
export interface RowInfluences {
  /** Positions of the rows that the metric is of. */
  readonly kept: Uint32Array;
  /** One number a kept row, summing to 0. */
  readonly influence: Float64Array;
  readonly clusters: Clusters;
  /** Of the metric, as `measure` has it: rows, or entities, taken as independent. */
  readonly variance: number;
}

/** The influences that `measure` makes its interval from. O(n log n). */
export function rowInfluences(metric: MetricName, rows: ScoredRows): RowInfluences | Unmeasurable {
  const found = lineariseMetric(metric, rows);
  if (isUnmeasurable(found)) return found;
  const { kept, clusters, linear } = found;
  if (clusters.count < 2) return { reason: "expected at least 2 independent rows" };
  const { influence, corrected } = linear;
  return { kept, influence, clusters, variance: influenceVariance(influence, clusters, corrected) };
}
