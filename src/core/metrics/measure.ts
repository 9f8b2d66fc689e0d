import { type Estimate, isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { influenceVariance } from "./influence-variance.ts";
import { intervalOf } from "./interval-of.ts";
import { lineariseMetric } from "./linearise-metric.ts";
import { checkOptions, type MeasureOptions } from "./measure-options.ts";
import type { MetricName } from "./metric-names.ts";
import { resampled } from "./resampled.ts";
import type { ScoredRows } from "./scored-rows.ts";
import { weightedStatistic } from "./weighted-statistic.ts";

/**
 * A metric over labelled rows with its confidence interval. O(n log n).
 *
 * Rows with a missing label or prediction are left out and counted in `excluded`. Intervals: Wilson for proportions,
 * DeLong on the logit scale for roc_auc, Student for means of losses, else from the rows' influences; with `entities`
 * the rows of one entity count as one unit. With `bootstrap`, percentiles of resamples, their seed recorded.
 *
 * @throws InvalidInput when the arrays differ in length or an option is out of range
 */
export function measure(metric: MetricName, rows: ScoredRows, options: MeasureOptions = {}): Estimate | Unmeasurable {
  const { confidence, designEffect } = checkOptions(options);
  const found = lineariseMetric(metric, rows);
  if (isUnmeasurable(found)) return found;
  const { kept, clusters, prepared, linear } = found;
  const independent = rows.entities === undefined && designEffect === 1;
  const value = linear.toMetric?.to(linear.value) ?? linear.value;
  const n = linear.rows ?? kept.length;
  const base = { value, n, ...(rows.labels.length > n ? { excluded: rows.labels.length - n } : {}) };
  if (options.bootstrap !== undefined && clusters.count >= 2)
    return resampled(
      base,
      weightedStatistic(metric, prepared, clusters),
      clusters.count,
      options.bootstrap,
      confidence,
      linear.bias !== undefined,
    );
  if (clusters.count < 2 && !(independent && linear.scale === "proportion"))
    return { reason: tooFew(clusters.count, rows.entities !== undefined) };
  const variance =
    clusters.count < 2 ? 0 : influenceVariance(linear.influence, clusters, linear.corrected) * designEffect;
  const { lower, upper, method } = intervalOf(linear, {
    variance,
    rows: kept.length,
    clusters: clusters.count,
    independent,
    confidence,
    designEffect,
  });
  if (!(Number.isFinite(lower) && Number.isFinite(upper)))
    return { reason: `expected a finite interval of ${metric}, got a number too large to compute with` };
  return { ...base, lower, upper, method };
}

/** Why an interval cannot be given for so few units. */
export function tooFew(count: number, entities: boolean): string {
  return entities ? `expected rows of at least 2 entities, got ${count}` : `expected at least 2 rows, got ${count}`;
}
