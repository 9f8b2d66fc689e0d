import { type Numbers, requirePositive, requireSorted } from "./checks.ts";

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

/**
 * Wasserstein-1 distance in standard deviations of the baseline, comparable between features.
 *
 * wassersteinDistance / max(sd, smallestSpread); the floor keeps a constant baseline from dividing by 0, as Evidently does.
 *
 * @param baseline        values of any order, at least one
 * @param window          the same
 * @param smallestSpread  floor of the standard deviation, in the feature's unit, > 0; 0.001 if not given
 * @returns standard deviations, >= 0; undefined when the distance or the standard deviation cannot be given
 * @throws  InvalidInput when a sample is empty or holds NaN, or the floor is not above 0
 */
export function normalisedWasserstein(baseline: Numbers, window: Numbers, smallestSpread = 0.001): number | undefined {
  requirePositive(smallestSpread, "the smallest spread");
  const distance = wassersteinDistance(baseline, window);
  if (distance === undefined) return undefined;
  const normalised = distance / Math.max(standardDeviation(baseline), smallestSpread);
  return Number.isFinite(normalised) ? normalised : undefined;
}

/** Of the values themselves (divisor n); two passes, scaled so that squares do not overflow. */
function standardDeviation(values: Numbers): number {
  const n = values.length;
  let [scale, mean, squares] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) scale = Math.max(scale, Math.abs(values[i] as number));
  if (scale === 0) return 0;
  for (let i = 0; i < n; i += 1) mean += (values[i] as number) / scale / n;
  for (let i = 0; i < n; i += 1) squares += ((values[i] as number) / scale - mean) ** 2;
  return scale * Math.sqrt(squares / n);
}
