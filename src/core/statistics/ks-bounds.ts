import { type Numbers, requireCountPair } from "./checks.ts";

/** What ordered counts alone say about the Kolmogorov-Smirnov distance of the rows behind them. */
export interface KsBounds {
  /** The distance at the bins' ends: D is never below it. */
  readonly lower: number;
  /** What D could be at most if the rows inside a bin lay as badly as they can. */
  readonly upper: number;
  /** The bin at whose end `lower` is reached (the first such); absent when `lower` is 0. */
  readonly bin?: number;
  /** `up`: the window has fewer rows up to the end of `bin`, so its values are larger there. */
  readonly direction: "up" | "down" | "none";
}

/**
 * Certified bounds of the Kolmogorov-Smirnov distance from counts over ordered bins.
 *
 * With cumulative shares F and G: lower = max_i |F_i - G_i|; inside bin i one side may already have all its rows and
 * the other none, so upper = max_i max(F_i - G_(i-1), G_i - F_(i-1)). lower <= D <= upper. O(k).
 * Bins of one value each have no inside: there both bounds are D itself.
 *
 * @param baselineCounts  rows in each bin, ascending, right-closed, without the bin of missing values; may be fractional
 * @param windowCounts    the same
 * @param onePoint        which bins hold one distinct value at most; without it, none is taken to
 * @returns bounds in [0, 1] with the place and direction of `lower`
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 */
export function ksBounds(baselineCounts: Numbers, windowCounts: Numbers, onePoint?: ArrayLike<boolean>): KsBounds {
  const { baseline, window, baselineTotal: n, windowTotal: m } = requireCountPair(baselineCounts, windowCounts);
  let [f, g] = [0, 0];
  let [lower, upper, bin, sign] = [0, 0, -1, 0];
  // Plain assignments: lists that are taken apart double the time of this loop.
  for (let i = 0; i < baseline.length; i += 1) {
    const fBefore = f;
    const gBefore = g;
    f += baseline[i] as number;
    g += window[i] as number;
    const gap = f * m - g * n;
    const size = Math.abs(gap);
    if (size > lower) {
      lower = size;
      bin = i;
      sign = Math.sign(gap);
    }
    if (size > upper) upper = size;
    if (onePoint?.[i] === true) continue;
    const inside = Math.max(f * m - gBefore * n, g * n - fBefore * m);
    if (inside > upper) upper = inside;
  }
  const bounds = { lower: Math.min(1, lower / (n * m)), upper: Math.min(1, upper / (n * m)) };
  return bin < 0 ? { ...bounds, direction: "none" } : { ...bounds, bin, direction: sign > 0 ? "up" : "down" };
}
