import { type BootstrapPlan, bootstrapInterval, type WeightedStatistic } from "./bootstrap-interval.ts";
import { type Estimate, isUnmeasurable, type Unmeasurable } from "./estimate.ts";

/**
 * An estimate with the bootstrap's interval around it, stretched to the value where resamples are biased past it.
 *
 * @param lifted  noise lifts the statistic, and each resample lifts it once more: the percentiles are reflected at the
 *                value (the basic bootstrap), which takes the lift off instead of doubling it
 */
export function resampled(
  base: Pick<Estimate, "value" | "n" | "excluded">,
  statistic: WeightedStatistic,
  units: number,
  plan: BootstrapPlan,
  confidence: number,
  lifted: boolean,
): Estimate | Unmeasurable {
  const interval = bootstrapInterval(statistic, units, plan, confidence);
  if (isUnmeasurable(interval)) return interval;
  const [low, high] = lifted ? [Math.max(0, 2 * base.value - interval[1]), 2 * base.value - interval[0]] : interval;
  return {
    ...base,
    lower: Math.min(base.value, low),
    upper: Math.max(base.value, high),
    method: "bootstrap",
    seed: plan.seed,
  };
}
