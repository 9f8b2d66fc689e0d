import { invalid, type Numbers, requireProbability } from "./checks.ts";

/**
 * Quantile of type 7 (Hyndman & Fan), bit for bit as numpy interpolates it.
 *
 * h = (n - 1) · share lies between the sorted values a and b: with g = h - ⌊h⌋, a + (b - a) g below one half and
 * b - (b - a)(1 - g) from there, so that g = 1 gives b itself. O(1).
 *
 * @param sorted  finite values, ascending, at least one
 * @param share   in [0, 1]: 0.5 is the median
 * @returns the quantile, between the smallest and the largest value
 * @throws  InvalidInput when there are no values or share is not in [0, 1]
 * @see     Hyndman & Fan, "Sample quantiles in statistical packages" (1996)
 */
export function quantile(sorted: Numbers, share: number): number {
  requireProbability(share, "a share");
  const h = (sorted.length - 1) * share;
  const below = sorted[Math.floor(h)];
  if (below === undefined) throw invalid("expected at least one value, got none");
  const above = sorted[Math.floor(h) + 1] ?? below;
  const g = h - Math.floor(h);
  const gap = above - below;
  return g >= 0.5 ? above - gap * (1 - g) : below + gap * g;
}
