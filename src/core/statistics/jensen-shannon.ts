import { type Numbers, requireCountPair } from "./checks.ts";

/**
 * Jensen-Shannon distance in base 2 between the shares of two vectors of counts.
 *
 * √(½ Σ b log2(b/μ) + ½ Σ w log2(w/μ)) with μ = (b + w) / 2: a metric, 0 for equal shares, 1 for disjoint ones. O(k).
 *
 * @param baselineCounts  rows in each bin; empty bins need no floor; may be fractional
 * @param windowCounts    the same, over the same bins
 * @returns distance in [0, 1] (square root of bits)
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see     Lin, "Divergence measures based on the Shannon entropy" (1991); scipy.spatial.distance.jensenshannon(base=2)
 */
export function jensenShannonDistance(baselineCounts: Numbers, windowCounts: Numbers): number {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  let nats = 0;
  for (let i = 0; i < baseline.length; i += 1) {
    const b = (baseline[i] as number) / baselineTotal;
    const w = (window[i] as number) / windowTotal;
    // ln(b/μ) as ln(1 + (b - w)/(b + w)): keeps the digits of nearly equal shares.
    if (b > 0) nats += b * Math.log1p((b - w) / (b + w));
    if (w > 0) nats += w * Math.log1p((w - b) / (b + w));
  }
  return Math.sqrt(Math.min(1, Math.max(0, nats / 2 / Math.LN2)));
}
