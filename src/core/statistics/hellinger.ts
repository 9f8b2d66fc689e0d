import { type Numbers, requireCountPair } from "./checks.ts";

/**
 * Hellinger distance between the shares of two vectors of counts: √(½ Σ (√w_i - √b_i)²). A metric. O(k).
 *
 * @param baselineCounts  rows in each bin; may be fractional
 * @param windowCounts    the same, over the same bins
 * @returns distance in [0, 1]; 1 for disjoint shares
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see     Le Cam & Yang, "Asymptotics in Statistics" (2000), chapter 3
 */
export function hellingerDistance(baselineCounts: Numbers, windowCounts: Numbers): number {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  let sum = 0;
  for (let i = 0; i < baseline.length; i += 1)
    sum += (Math.sqrt((window[i] as number) / windowTotal) - Math.sqrt((baseline[i] as number) / baselineTotal)) ** 2;
  return Math.min(1, Math.sqrt(sum / 2));
}
