import { type Numbers, requireSorted } from "./checks.ts";

/** The Kolmogorov-Smirnov distance, and where it is reached. */
export interface KolmogorovSmirnov {
  /** D in [0, 1]: the largest distance between the two empirical distribution functions. */
  readonly statistic: number;
  /** The value v at which F_baseline(v) and F_window(v) are furthest apart (the smallest such); absent when D is 0. */
  readonly at?: number;
  /** `up`: the window has fewer rows at or below `at`, so its values are larger there. */
  readonly direction: "up" | "down" | "none";
}

/**
 * Kolmogorov-Smirnov distance of two samples, exact, compared after whole groups of equal values.
 *
 * D = max over v of |#(baseline <= v) / n - #(window <= v) / m|. O((n + m) log(n + m)).
 *
 * @param baseline  values of any order, at least one; ±∞ are ordinary values, -0 equals 0
 * @param window    the same
 * @returns distance in [0, 1] with its place and direction
 * @throws  InvalidInput when a sample is empty or holds NaN
 * @see     Hodges, "The significance probability of the Smirnov two-sample test" (1958)
 */
export function kolmogorovSmirnov(baseline: Numbers, window: Numbers): KolmogorovSmirnov {
  const x = requireSorted(baseline, "baseline");
  const y = requireSorted(window, "window");
  const [n, m] = [x.length, y.length];
  let i = 0;
  let j = 0;
  // n·m·(F_baseline - F_window), in whole numbers while n·m is below 2^53, so that no rounding decides the place.
  let largest = 0;
  let at = Number.NaN;
  while (i < n && j < m) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (i < n && x[i] === value) i += 1;
    while (j < m && y[j] === value) j += 1;
    const gap = i * m - j * n;
    if (Math.abs(gap) > Math.abs(largest)) {
      largest = gap;
      at = value;
    }
  }
  if (largest === 0) return { statistic: 0, direction: "none" };
  return { statistic: Math.min(1, Math.abs(largest) / (n * m)), at, direction: largest > 0 ? "up" : "down" };
}
