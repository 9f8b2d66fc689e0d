import type { Estimate } from "./estimate.ts";
import { higherIsBetter, type MetricName } from "./metric-names.ts";

/**
 * How much worse a metric is now than on the baseline: positive is worse, in the metric's unit, whichever way it points.
 *
 * The two samples are taken as independent, and both intervals count: the distances from the values to the ends that
 * matter are added as squares (Newcombe's hybrid score method, MOVER), which keeps their asymmetry. `bias` is
 * compared by its absolute value. The result's confidence is that of the two estimates.
 *
 * @see Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10
 */
export function worsening(baseline: Estimate, now: Estimate, metric: MetricName): Estimate {
  const [before, after] = metric === "bias" ? [absolute(baseline), absolute(now)] : [baseline, now];
  const [worse, better] = higherIsBetter[metric] ? [before, after] : [after, before];
  const value = worse.value - better.value;
  return {
    value,
    lower: value - Math.hypot(worse.value - worse.lower, better.upper - better.value),
    upper: value + Math.hypot(worse.upper - worse.value, better.value - better.lower),
    n: now.n,
    method: "square-and-add",
  };
}

function absolute(estimate: Estimate): Estimate {
  const { value, lower, upper } = estimate;
  const ends = [Math.abs(lower), Math.abs(upper)] as const;
  const crosses = lower < 0 && upper > 0;
  return { ...estimate, value: Math.abs(value), lower: crosses ? 0 : Math.min(...ends), upper: Math.max(...ends) };
}
