import { invalid } from "./checks.ts";
import { upperGammaRatio } from "./upper-gamma-ratio.ts";

/**
 * Chance that a chi-square variable exceeds x: the upper regularised incomplete gamma function Q(degrees/2, x/2).
 *
 * @param x        statistic, >= 0; +∞ gives 0
 * @param degrees  degrees of freedom, >= 0, may be fractional; with 0 the variable is always 0
 * @returns probability in [0, 1]
 * @throws  InvalidInput when x is negative or NaN, or degrees is negative or not finite
 * @see     Abramowitz & Stegun, 26.4.19
 */
export function chiSquareSurvival(x: number, degrees: number): number {
  if (!(x >= 0)) throw invalid(`expected a chi-square statistic of 0 or more, got ${x}`);
  if (!(degrees >= 0 && degrees < Number.POSITIVE_INFINITY))
    throw invalid(`expected degrees of freedom of 0 or more, got ${degrees}`);
  if (x === 0) return 1;
  if (degrees === 0 || x === Number.POSITIVE_INFINITY) return 0;
  return upperGammaRatio(degrees / 2, x / 2);
}
