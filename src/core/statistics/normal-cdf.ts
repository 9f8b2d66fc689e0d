import erfc from "@stdlib/math-base-special-erfc";
import { invalid } from "./checks.ts";

/**
 * Chance that a standard normal variable is at most z: Φ(z) = erfc(-z / √2) / 2. Accurate in both tails.
 *
 * @param z  standard deviations from the mean; ±∞ allowed
 * @returns probability in [0, 1]
 * @throws  InvalidInput when z is NaN
 * @see     Abramowitz & Stegun, "Handbook of Mathematical Functions" (1964), 26.2.29
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) throw invalid("expected a number of standard deviations, got NaN");
  return erfc(-z / Math.SQRT2) / 2;
}
