import { type Numbers, requireCountPair } from "./checks.ts";

/**
 * Total variation distance between the shares of two vectors of counts: the least share of rows that would have to
 * change bins to make the sides equal.
 *
 * TV = ½ Σ |w_i - b_i|. O(k). From samples it is biased upwards; `totalVariationLowerBound` takes that into account.
 *
 * @param baselineCounts  rows in each bin; may be fractional
 * @param windowCounts    the same, over the same bins
 * @returns share of rows in [0, 1]
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see     Levin, Peres & Wilmer, "Markov Chains and Mixing Times" (2009), chapter 4
 */
export function totalVariation(baselineCounts: Numbers, windowCounts: Numbers): number {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  let sum = 0;
  for (let i = 0; i < baseline.length; i += 1)
    sum += Math.abs((window[i] as number) / windowTotal - (baseline[i] as number) / baselineTotal);
  return Math.min(1, sum / 2);
}
