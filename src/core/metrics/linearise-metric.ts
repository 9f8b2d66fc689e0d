import { type Clusters, clustersOf } from "./clusters.ts";
import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { lineariseRows } from "./linearise-rows.ts";
import type { Linearised } from "./linearised.ts";
import type { MetricName } from "./metric-names.ts";
import { type PreparedRows, prepareRows } from "./prepare-rows.ts";
import { inputOf, presentRows } from "./prepared-rows.ts";
import type { ScoredRows } from "./scored-rows.ts";

export interface LinearisedMetric {
  /** Positions of the rows that the metric is of: those with a label and a prediction. */
  readonly kept: Uint32Array;
  readonly clusters: Clusters;
  readonly prepared: PreparedRows;
  readonly linear: Linearised;
}

/** From labelled rows as they come to a metric with each row's influence. O(n log n). */
export function lineariseMetric(metric: MetricName, rows: ScoredRows): LinearisedMetric | Unmeasurable {
  const input = inputOf(metric, rows);
  if (isUnmeasurable(input)) return input;
  const kept = presentRows(rows.labels, input);
  const clusters = clustersOf(kept, rows.entities);
  const prepared = prepareRows(metric, rows, input, kept);
  if (isUnmeasurable(prepared)) return prepared;
  const linear = lineariseRows(metric, prepared, clusters);
  return isUnmeasurable(linear) ? linear : { kept, clusters, prepared, linear };
}
