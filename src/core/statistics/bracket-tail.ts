/**
 * The smallest x, to a tolerance, at which a falling survival function is at most `tail`: the upper end of an interval
 * around it. Starts from a guess and widens the interval sixteenfold until it holds the crossing, so that a good guess
 * costs two evaluations and a bad one no more than a bisection.
 *
 * @param survival  never grows on [low, high]; above `tail` at low, at most `tail` at high
 * @param guess     in [low, high]
 * @param range     of x, and the width of the interval: absolute, and relative to x
 */
export function bracketTail(
  survival: (x: number) => number,
  tail: number,
  guess: number,
  range: { readonly low: number; readonly high: number; readonly absolute: number; readonly relative: number },
): number {
  let step = Math.max((range.absolute + range.relative * guess) / 2, Number.MIN_VALUE);
  let low = Math.max(range.low, guess - step);
  let high = Math.min(range.high, guess + step);
  while (high < range.high && survival(high) > tail) {
    step *= 16;
    low = high;
    high = Math.min(range.high, guess + step);
  }
  while (low > range.low && survival(low) <= tail) {
    step *= 16;
    high = low;
    low = Math.max(range.low, guess - step);
  }
  while (high - low > range.absolute + range.relative * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (survival(middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}
