import { requireOpenProbability, requirePositive } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/**
 * The limit that a chi-square variable exceeds with chance `tail`: the inverse of `chiSquareSurvival`.
 *
 * The end of the bisection whose survival is at most `tail` is returned, so that a test of
 * `x >= limit` never has a larger chance than asked for.
 *
 * @param tail     upper tail probability in (0, 1)
 * @param degrees  degrees of freedom, > 0, may be fractional
 * @returns the statistic's limit, > 0
 * @throws  InvalidInput when tail is not in (0, 1) or degrees is not above 0
 */
export function chiSquareQuantile(tail: number, degrees: number): number {
  requireOpenProbability(tail, "a tail probability");
  requirePositive(degrees, "degrees of freedom");
  let high = Math.max(degrees, 1);
  while (chiSquareSurvival(high, degrees) > tail) high *= 2;
  let low = 0;
  while (high - low > 1e-15 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (chiSquareSurvival(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}
