import { type Numbers, requireCountPair } from "./checks.ts";
import { psiOfBin } from "./population-stability-index.ts";

/**
 * Population stability index from counts, by Driftward's rule: half a pseudo-count in each bin of both sides.
 *
 * b_i = (B_i + ½) / (n + k/2), w_i = (W_i + ½) / (m + k/2); then `populationStabilityIndex`. Half a count takes the
 * largest part of the bias of the logarithm away (as in Haldane's and Anscombe's log odds) and needs no floor. O(k).
 *
 * @param baselineCounts  rows in each bin; missing values may be a bin of their own
 * @param windowCounts    the same, over the same bins
 * @returns nats, >= 0
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see     Haldane, "The estimation and significance of the logarithm of a ratio of frequencies" (1956)
 */
export function psiFromCounts(baselineCounts: Numbers, windowCounts: Numbers): number {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  const half = baseline.length / 2;
  let psi = 0;
  for (let i = 0; i < baseline.length; i += 1)
    psi += psiOfBin(
      ((baseline[i] as number) + 0.5) / (baselineTotal + half),
      ((window[i] as number) + 0.5) / (windowTotal + half),
    );
  return psi;
}
