import { total } from "../total.ts";
/** The bin of a histogram whose change adds most to the PSI. */
export interface HeaviestBin {
  readonly bin: number;
  readonly before: number;
  readonly after: number;
  /** Its part of the PSI over all bins, in [0, 1]. */
  readonly part: number;
}

/**
 * Finds the bin that carries most of the PSI, `(w - b) ln(w / b)` with half a pseudo-count. O(bins).
 *
 * @param baseline  counts over bins
 * @param window    counts over the same bins
 * @returns undefined when a side has no rows, or nothing moved
 */
export function heaviestBin(baseline: ArrayLike<number>, window: ArrayLike<number>): HeaviestBin | undefined {
  const [n, m] = [total(baseline), total(window)];
  if (n === 0 || m === 0) return undefined;
  const terms = Array.from(baseline, (count, bin) => {
    const [before, after] = [count / n, (window[bin] ?? 0) / m];
    const [smooth, smoothed] = [(count + 0.5) / n, ((window[bin] ?? 0) + 0.5) / m];
    return { bin, before, after, psi: Math.max(0, (smoothed - smooth) * Math.log(smoothed / smooth)) };
  });
  const whole = terms.reduce((sum, { psi }) => sum + psi, 0);
  const [first] = terms;
  if (whole === 0 || first === undefined) return undefined;
  const { bin, before, after, psi } = terms.reduce((one, other) => (other.psi > one.psi ? other : one), first);
  return { bin, before, after, part: psi / whole };
}
