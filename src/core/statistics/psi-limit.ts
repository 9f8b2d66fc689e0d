import { requireOpenProbability, requirePositive, requireWhole } from "./checks.ts";
import { chiSquareQuantile } from "./chi-square-quantile.ts";

/**
 * The population stability index that is exceeded with chance alpha while nothing has drifted: the inverse of `psiPValue`.
 *
 * limit = (1/n + 1/m) · χ²_(bins - 1)(alpha).
 *
 * @param alpha  chance of a false alarm in (0, 1)
 * @param bins   number of bins, whole, >= 1
 * @param n      rows of the baseline, or its effective size; may be fractional
 * @param m      rows of the window, or its effective size; may be fractional
 * @returns nats, > 0; undefined with one bin, because nothing can drift in it
 * @throws  InvalidInput when alpha is not in (0, 1), bins is not whole, or a size is not above 0
 * @see     Yurdakul, "Statistical Properties of Population Stability Index" (2018)
 */
export function psiLimit(alpha: number, bins: number, n: number, m: number): number | undefined {
  requireOpenProbability(alpha, "alpha");
  requireWhole(bins, "the number of bins");
  requirePositive(n, "the baseline's size");
  requirePositive(m, "the window's size");
  return bins === 1 ? undefined : (1 / n + 1 / m) * chiSquareQuantile(alpha, bins - 1);
}
