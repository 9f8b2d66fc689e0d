import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { inverseIncompleteBeta } from "./inverse-incomplete-beta.ts";

/**
 * The t for which a Student variable lies within [-t, t] with the given confidence; with infinite degrees of freedom the
 * normal distribution's z (1.959963984540054 at 95 %).
 *
 * @param confidence  in (0, 1)
 * @param degrees     degrees of freedom, > 0, or Infinity
 */
export function studentQuantile(confidence: number, degrees = Number.POSITIVE_INFINITY): number {
  if (degrees > 1e7) return normalQuantile((1 + confidence) / 2, 0, 1);
  const x = inverseIncompleteBeta(confidence, 0.5, degrees / 2);
  return Math.sqrt((degrees * x) / (1 - x));
}
