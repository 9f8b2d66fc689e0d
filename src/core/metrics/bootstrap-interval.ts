import type { Unmeasurable } from "./estimate.ts";
import { quantileOfSorted } from "./quantile-of-sorted.ts";
import { seededRandom } from "./seeded-random.ts";

/** A statistic of a resample, from how often each unit was drawn; undefined where the resample does not have one. */
export type WeightedStatistic = (weights: Float64Array) => number | undefined;

/** What a bootstrap needs to be repeated. */
export interface BootstrapPlan {
  readonly seed: number;
  /** 1,000 when left out */
  readonly resamples?: number;
}

/**
 * Percentile bootstrap interval of any statistic of independent units (rows, or entities with all their rows).
 *
 * Resample b draws `units` units with replacement, by the numbers b * units … of the seeded stream, and hands over how
 * often each was drawn: the statistic is then one pass over sums kept per unit, nothing is copied or sorted again. A
 * paired difference is a statistic like any other, as both sides see the same weights.
 *
 * @param units       how many units there are, at least 2
 * @param confidence  in (0, 1)
 * @returns type-7 percentiles of the resampled statistic; a reason when more than one resample in 20 has none
 * @see     Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13
 */
export function bootstrapInterval(
  statistic: WeightedStatistic,
  units: number,
  plan: BootstrapPlan,
  confidence = 0.95,
): readonly [number, number] | Unmeasurable {
  const { seed, resamples = 1_000 } = plan;
  const random = seededRandom(seed);
  const weights = new Float64Array(units);
  const found: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < units; draw++) {
      const unit = Math.floor(random() * units);
      weights[unit] = (weights[unit] ?? 0) + 1;
    }
    const value = statistic(weights);
    if (value !== undefined && Number.isFinite(value)) found.push(value);
  }
  if (found.length < 0.95 * resamples || found.length === 0)
    return { reason: `expected the metric in 95 % of the resamples, got it in ${found.length} of ${resamples}` };
  const sorted = Float64Array.from(found).sort();
  return [quantileOfSorted(sorted, (1 - confidence) / 2), quantileOfSorted(sorted, (1 + confidence) / 2)];
}
