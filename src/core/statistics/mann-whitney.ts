import type { Numbers } from "./checks.ts";
import { midRanks } from "./mid-ranks.ts";
import { normalCdf } from "./normal-cdf.ts";

/** Mann and Whitney's U of the baseline, with its p. */
export interface MannWhitney {
  /** Pairs in which the baseline's value is the larger one, ties counting half; in [0, n·m]. */
  readonly statistic: number;
  /** Two-sided, from the normal distribution with correction for ties and continuity. */
  readonly pValue: number;
}

/**
 * Mann-Whitney U test: whether one side's values tend to be larger. O((n + m) log(n + m)).
 *
 * U = Σ rank(baseline) - n(n + 1)/2 with mid-ranks; z = (max(U, nm - U) - nm/2 - ½) / s,
 * s² = nm/12 · (N + 1 - Σ(t³ - t) / (N(N - 1))), N = n + m.
 *
 * @param baseline  values of any order, at least one; ±∞ are ordinary values
 * @param window    the same
 * @returns U and p; p is 1 when all values are equal
 * @throws  InvalidInput when a sample is empty or holds NaN
 * @see     scipy.stats.mannwhitneyu(method="asymptotic", use_continuity=True)
 */
export function mannWhitney(baseline: Numbers, window: Numbers): MannWhitney {
  const ranks = midRanks(baseline, window);
  const [n, m] = [ranks.baseline.length, ranks.window.length];
  const total = n + m;
  const statistic = ranks.baseline.reduce((sum, rank) => sum + rank, 0) - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ranks.ties / (total * (total - 1)));
  if (!(variance > 0)) return { statistic, pValue: 1 };
  const z = (Math.max(statistic, n * m - statistic) - (n * m) / 2 - 0.5) / Math.sqrt(variance);
  return { statistic, pValue: Math.min(1, 2 * normalCdf(-z)) };
}
