import { bracketTail } from "./bracket-tail.ts";
import { requireOpenProbability, requirePositive } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";
import { normalQuantile } from "./normal-quantile.ts";

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
 * @see     Wilson & Hilferty, "The distribution of chi-square" (1931), for where the search begins
 */
export function chiSquareQuantile(tail: number, degrees: number): number {
  requireOpenProbability(tail, "a tail probability");
  requirePositive(degrees, "degrees of freedom");
  let high = Math.max(degrees, 1);
  while (chiSquareSurvival(high, degrees) > tail) high *= 2;
  const survival = (x: number): number => chiSquareSurvival(x, degrees);
  const guess = approach(survival, tail, degrees, high);
  return bracketTail(survival, tail, guess, { low: 0, high, absolute: 0, relative: 1e-15 });
}

/** Wilson and Hilferty's cube, then secants of the logarithm of the tail. Any number in [0, high] is right, if slow. */
function approach(survival: (x: number) => number, tail: number, degrees: number, high: number): number {
  const ninth = 2 / (9 * degrees);
  let x = degrees * (1 - ninth - normalQuantile(tail) * Math.sqrt(ninth)) ** 3;
  if (!(x > 0 && x < high)) return high / 2;
  let before = x * 1.001;
  let error = Math.log(survival(x) / tail);
  let errorBefore = Math.log(survival(before) / tail);
  for (let turn = 0; turn < 8 && error !== 0 && error !== errorBefore; turn += 1) {
    const next = x - (error * (x - before)) / (error - errorBefore);
    if (!(next > 0 && next < high)) break;
    [before, errorBefore] = [x, error];
    x = next;
    error = Math.log(survival(x) / tail);
    if (Math.abs(x - before) <= 1e-14 * x) break;
  }
  return x;
}
