import { total } from "../total.ts";
/** How far two sets of counts lie apart, beyond what chance alone gives. */
export interface ExcessDrift {
  /** 0 when nothing is left above chance; for small changes about the PSI in nats, at most 8. */
  readonly excess: number;
  /** Upper end: two standard errors above it. */
  readonly upper: number;
}

/**
 * Eight times the squared Hellinger distance between the shares of two sides, less what chance gives.
 *
 * Under no drift `8 H² / (1/n + 1/m)` is about chi-square with (bins - 1) degrees, so its mean is taken off; under drift
 * it is about noncentral chi-square, whose variance gives the upper end. Unlike PSI it is bounded and needs no
 * pseudo-counts, so that one new category does not outweigh all other features. O(bins).
 *
 * @param baseline  counts of one side over bins
 * @param window    counts of the other, over the same bins
 * @returns undefined when a side has no rows
 * @see     Read and Cressie, "Goodness-of-Fit Statistics for Discrete Multivariate Data" (1988): the Freeman-Tukey member
 */
export function excessDrift(baseline: ArrayLike<number>, window: ArrayLike<number>): ExcessDrift | undefined {
  const [n, m] = [total(baseline), total(window)];
  if (n <= 0 || m <= 0) return undefined;
  let [affinity, bins] = [0, 0];
  for (let i = 0; i < baseline.length; i += 1) {
    const [before, after] = [baseline[i] ?? 0, window[i] ?? 0];
    affinity += Math.sqrt((before / n) * (after / m));
    if (before > 0 || after > 0) bins += 1;
  }
  const [scale, degrees] = [1 / n + 1 / m, Math.max(0, bins - 1)];
  const excess = Math.max(0, 8 * (1 - affinity) - degrees * scale);
  return { excess, upper: excess + 2 * Math.sqrt(2 * degrees * scale ** 2 + 4 * excess * scale) };
}
