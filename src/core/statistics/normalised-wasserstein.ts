import { type Numbers, requirePositive } from "./checks.ts";
import { wassersteinDistance } from "./wasserstein.ts";

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
 * @see     Ramdas, García Trillos & Cuturi, "On Wasserstein two-sample testing" (2017)
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
