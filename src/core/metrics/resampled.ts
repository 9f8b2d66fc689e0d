import { type BootstrapPlan, bootstrapInterval, type WeightedStatistic } from "./bootstrap-interval.ts";
import { type Estimate, isUnmeasurable, type Unmeasurable } from "./estimate.ts";

/** An estimate with the bootstrap's interval around it, stretched to the value where resamples are biased past it. */
export function resampled(
  base: Pick<Estimate, "value" | "n" | "excluded">,
  statistic: WeightedStatistic,
  units: number,
  plan: BootstrapPlan,
  confidence: number,
): Estimate | Unmeasurable {
  const interval = bootstrapInterval(statistic, units, plan, confidence);
  if (isUnmeasurable(interval)) return interval;
  const [low, high] = interval;
  return {
    ...base,
    lower: Math.min(base.value, low),
    upper: Math.max(base.value, high),
    method: "bootstrap",
    seed: plan.seed,
  };
}
