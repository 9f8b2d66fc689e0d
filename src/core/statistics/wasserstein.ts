import { type Numbers, requireSorted } from "./checks.ts";

/**
 * Wasserstein-1 (earth mover's) distance of two samples: how far values move on average, ∫ |F(v) - G(v)| dv.
 * O((n + m) log(n + m)).
 *
 * @param baseline  values of any order, at least one
 * @param window    the same
 * @returns distance in the feature's own unit, >= 0; undefined when a value is ±∞ or the distance exceeds the largest number
 * @throws  InvalidInput when a sample is empty or holds NaN
 * @see     scipy.stats.wasserstein_distance
 */
export function wassersteinDistance(baseline: Numbers, window: Numbers): number | undefined {
  const x = requireSorted(baseline, "baseline");
  const y = requireSorted(window, "window");
  let [i, j, distance] = [0, 0, 0];
  let before = Math.min(x[0] as number, y[0] as number);
  while (i < x.length || j < y.length) {
    const value = Math.min(x[i] ?? Number.POSITIVE_INFINITY, y[j] ?? Number.POSITIVE_INFINITY);
    distance += Math.abs(i / x.length - j / y.length) * (value - before);
    before = value;
    while (i < x.length && x[i] === value) i += 1;
    while (j < y.length && y[j] === value) j += 1;
  }
  const finite = [x[0], x[x.length - 1], y[0], y[y.length - 1]].every(Number.isFinite);
  return finite && Number.isFinite(distance) ? distance : undefined;
}
