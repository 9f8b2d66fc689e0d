import { type Numbers, requireCountPair } from "./checks.ts";

/**
 * Largest difference of a bin's share between two vectors of counts: max_i |w_i - b_i|. O(k).
 *
 * @param baselineCounts  rows in each bin; may be fractional
 * @param windowCounts    the same, over the same bins
 * @returns share of rows in [0, 1], at most the total variation
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 */
export function lInfinityDistance(baselineCounts: Numbers, windowCounts: Numbers): number {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  let largest = 0;
  for (let i = 0; i < baseline.length; i += 1)
    largest = Math.max(
      largest,
      Math.abs((window[i] as number) / windowTotal - (baseline[i] as number) / baselineTotal),
    );
  return largest;
}
