import { inverseIncompleteBeta } from "../metrics/inverse-incomplete-beta.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";

/** A variance ratio after the other features have spoken. */
export interface ModeratedRatio {
  readonly value: number;
  /** Degrees of freedom that it is worth: its own, and those that the others lend it. */
  readonly degrees: number;
}

/**
 * The others lend a feature three times its own degrees at most: features that move together are fewer than they seem. What
 * that makes too certain comes back where it matters: such features also alarm together, which α over their tests overrates.
 */
const mostLent = 3;
/** Fewer ratios than this cannot tell their own spread. */
const fewest = 4;
/** A ratio that would be so rare among its peers keeps its own value. */
const outlying = 0.01;

/**
 * Shrinks noisy variance ratios of many features towards their common value, as far as their spread is no more than
 * noise: Smyth's moderated variances (limma). With d degrees each and the ratios scattered like s0² F(d, d0), the
 * estimate is (d0 s0² + d s²) / (d0 + d), worth d0 + d degrees. A ratio far above its peers keeps its own value and
 * degrees: a feature that truly depends on its hour must not be talked down by many that do not.
 *
 * @param ratios   each > 0
 * @param degrees  of freedom of each, > 0; or the same of all
 * @see    Smyth, "Linear models and empirical Bayes methods for assessing differential expression" (2004);
 *         Phipson et al., "Robust hyperparameter estimation protects against hypervariable genes" (2016)
 */
export function moderateRatios(
  ratios: readonly number[],
  degrees: number | readonly number[],
): readonly ModeratedRatio[] {
  const known = ratios.map((value, i) => ({
    value,
    degrees: typeof degrees === "number" ? degrees : (degrees[i] ?? 1),
  }));
  if (ratios.length < fewest) return known;
  const logs = known.map((one) => Math.log(one.value) - logBias(one.degrees));
  // The middle, so that a few restless features do not raise all others.
  const centre = median(logs);
  const spread = (1.4826 * median(logs.map((log) => Math.abs(log - centre)))) ** 2;
  const excess = spread - median(known.map((one) => logVariance(one.degrees)));
  const own = excess > 0 ? degreesFor(excess) : Number.POSITIVE_INFINITY;
  const prior = Math.exp(centre + (Number.isFinite(own) ? logBias(own) : 0));
  return known.map((one) => {
    if (one.value > prior * upperRatio(one.degrees, own)) return one;
    const lent = Math.min(own, mostLent * one.degrees);
    const worth = lent + one.degrees;
    return { value: (lent * prior + one.degrees * one.value) / worth, degrees: worth };
  });
}

/** Mean of log(χ²_d / d): digamma(d/2) - log(d/2), to its second order. */
function logBias(degrees: number): number {
  return -1 / degrees - 1 / (3 * degrees ** 2);
}

/** Variance of log(χ²_d / d): trigamma(d/2), to its third order. */
function logVariance(degrees: number): number {
  return 2 / degrees + 2 / degrees ** 2 + 4 / (3 * degrees ** 3);
}

/** The degrees whose log variance is this. */
function degreesFor(variance: number): number {
  let [low, high] = [1e-3, 1e6];
  if (logVariance(high) >= variance) return high;
  for (let i = 0; i < 60; i += 1) {
    const middle = Math.sqrt(low * high);
    if (logVariance(middle) > variance) low = middle;
    else high = middle;
  }
  return high;
}

/** What F(d, d0) exceeds with the chance of an outlier; d0 may be infinite. */
function upperRatio(degrees: number, prior: number): number {
  if (!Number.isFinite(prior)) return chiSquareQuantile(outlying, degrees) / degrees;
  const x = inverseIncompleteBeta(1 - outlying, degrees / 2, prior / 2);
  return (prior * x) / (degrees * (1 - x));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}
