import { type Numbers, requireSorted } from "./checks.ts";

/** Ranks of two samples in their pool. */
export interface MidRanks {
  /** Rank in the pool of each value of the sample, ascending, from 1; equal values share the mean of their ranks. */
  readonly baseline: Float64Array;
  readonly window: Float64Array;
  /** Σ (t³ - t) over groups of t equal values. */
  readonly ties: number;
}

/**
 * Mid-ranks of two samples in the pooled sample. O((n + m) log(n + m)).
 *
 * @param baseline  values of any order, at least one; ±∞ are ordinary values
 * @param window    the same
 * @throws InvalidInput when a sample is empty or holds NaN
 */
export function midRanks(baseline: Numbers, window: Numbers): MidRanks {
  const x = requireSorted(baseline, "baseline");
  const y = requireSorted(window, "window");
  const ranks = { baseline: new Float64Array(x.length), window: new Float64Array(y.length) };
  let [i, j, ties] = [0, 0, 0];
  while (i < x.length || j < y.length) {
    const value = Math.min(x[i] ?? Number.POSITIVE_INFINITY, y[j] ?? Number.POSITIVE_INFINITY);
    const [iStart, jStart] = [i, j];
    while (i < x.length && x[i] === value) i += 1;
    while (j < y.length && y[j] === value) j += 1;
    const size = i - iStart + j - jStart;
    const rank = iStart + jStart + (size + 1) / 2;
    ranks.baseline.fill(rank, iStart, i);
    ranks.window.fill(rank, jStart, j);
    ties += size ** 3 - size;
  }
  return { ...ranks, ties };
}
