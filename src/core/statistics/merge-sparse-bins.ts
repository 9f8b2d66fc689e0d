import { type Numbers, requireCountPair, requirePositive } from "./checks.ts";

/** Counts after neighbours were merged. */
export interface MergedBins {
  readonly baselineCounts: readonly number[];
  readonly windowCounts: readonly number[];
  /** For each bin given, the index of the merged bin that holds it; ascending. */
  readonly groups: readonly number[];
}

/**
 * Merges adjacent bins until enough rows are expected in each, so that the chi-square limits hold.
 *
 * Expected under no drift on a side: its rows times the pooled share of the bin; the smaller side decides. The emptiest
 * bin joins the emptier of its neighbours until all have enough or one is left. Only pooled counts decide, so the choice
 * carries no information about drift and the p values after it stay right. O(k²).
 *
 * @param baselineCounts   rows in each bin, ordered; may be fractional: divide by design effects first
 * @param windowCounts     the same, over the same bins
 * @param minimumExpected  rows expected in each bin of both sides, > 0; 5 if not given (Cochran's rule)
 * @returns merged counts with the groups
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, a side has no rows, or the minimum is not above 0
 */
export function mergeSparseBins(baselineCounts: Numbers, windowCounts: Numbers, minimumExpected = 5): MergedBins {
  requirePositive(minimumExpected, "the rows expected in a bin");
  const { baseline, window, baselineTotal: n, windowTotal: m } = requireCountPair(baselineCounts, windowCounts);
  const needed = (minimumExpected * (n + m)) / Math.min(n, m);
  const bins = Array.from(baseline, (b, i) => ({ b, w: window[i] as number, width: 1 }));
  const size = (i: number) => {
    const bin = bins[i];
    return bin === undefined ? Number.POSITIVE_INFINITY : bin.b + bin.w;
  };
  while (bins.length > 1) {
    let emptiest = 0;
    for (let i = 1; i < bins.length; i += 1) if (size(i) < size(emptiest)) emptiest = i;
    // The slack keeps "exactly five expected" from hanging on rounding.
    if (size(emptiest) >= needed * (1 - 1e-12)) break;
    const left = size(emptiest - 1) <= size(emptiest + 1) ? emptiest - 1 : emptiest;
    const [first, second] = bins.slice(left, left + 2);
    if (first === undefined || second === undefined) break;
    bins.splice(left, 2, { b: first.b + second.b, w: first.w + second.w, width: first.width + second.width });
  }
  return {
    baselineCounts: bins.map((bin) => bin.b),
    windowCounts: bins.map((bin) => bin.w),
    groups: bins.flatMap((bin, index) => Array.from({ length: bin.width }, () => index)),
  };
}
