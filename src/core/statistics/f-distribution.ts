import betainc from "@stdlib/math-base-special-betainc";
import { inverseIncompleteBeta } from "../metrics/inverse-incomplete-beta.ts";
import { chiSquareQuantile } from "./chi-square-quantile.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/** From so many degrees on the denominator is taken as certain. */
const certain = 1e6;

/**
 * Chance that a ratio of two mean squares exceeds x: the survival function of F.
 *
 * @param x        >= 0
 * @param above    degrees of the numerator, > 0, may be fractional
 * @param below    degrees of the denominator, > 0; may be infinite, which is chi-square over its degrees
 */
export function fSurvival(x: number, above: number, below: number): number {
  if (below >= certain) return chiSquareSurvival(x * above, above);
  return betainc(below / (below + above * x), below / 2, above / 2);
}

/** The ratio that is exceeded with chance `tail` in (0, 1): the inverse of `fSurvival`. */
export function fQuantile(tail: number, above: number, below: number): number {
  if (below >= certain) return chiSquareQuantile(tail, above) / above;
  const y = inverseIncompleteBeta(tail, below / 2, above / 2);
  return (below * (1 - y)) / (above * y);
}
