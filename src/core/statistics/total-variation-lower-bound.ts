import gammaln from "@stdlib/math-base-special-gammaln";
import { type CountPair, type Numbers, requireCountPair, requireOpenProbability } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";
import { totalVariation } from "./total-variation.ts";
import { type SharePair, totalVariationSpread } from "./total-variation-spread.ts";

/**
 * Lower end of a one-sided confidence interval for the true total variation between baseline and window.
 *
 * The total variation T of two samples is above 0 even when nothing differs, the more so the more bins and the fewer
 * rows. So the interval comes from turning a test round: a true distance θ is kept when T is not improbably large for
 * it. For each θ the shares closest to the counts (in chi-square distance) among those θ apart are fitted; under these,
 * T is taken as a scaled chi variable with the mean and variance of `totalVariationSpread` (exact for two bins at θ = 0,
 * near normal for many). The bound is the smallest θ with P(T >= observed) > 1 - confidence. At θ = 0 this is a test of
 * no drift, so that without drift the bound exceeds 0 with chance 1 - confidence at most, about.
 *
 * @param baselineCounts  rows in each bin; may be fractional: dependent rows are divided by their design effect first
 * @param windowCounts    the same, over the same bins
 * @param confidence      chance in (0, 1) that the true distance is at least the bound; 0.95 if not given
 * @returns share of rows in [0, 1], at most `totalVariation` of the counts; 0 when no drift cannot be excluded
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, a side has no rows, or confidence is
 *          not in (0, 1)
 */
export function totalVariationLowerBound(baselineCounts: Numbers, windowCounts: Numbers, confidence = 0.95): number {
  requireOpenProbability(confidence, "a confidence");
  const counts = requireCountPair(baselineCounts, windowCounts);
  const observed = totalVariation(baselineCounts, windowCounts);
  const kept = (distance: number) => chanceOfAtLeast(observed, fitShares(counts, distance)) > 1 - confidence;
  if (kept(0)) return 0;
  let [low, high] = [0, observed];
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (kept(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** P(T >= observed) when T is c·χ_ν with the mean and variance that the shares give it. */
function chanceOfAtLeast(observed: number, shares: SharePair): number {
  const { mean, variance } = totalVariationSpread(shares);
  if (variance === 0) return mean >= observed ? 1 : 0;
  const second = mean * mean + variance;
  const degrees = chiDegrees((mean * mean) / second);
  return chiSquareSurvival((observed * observed * degrees) / second, degrees);
}

/** The ν for which a χ_ν variable has this ratio of squared mean to mean square; it grows from 0 to 1 with ν. */
function chiDegrees(ratio: number): number {
  const logRatio = Math.log(ratio);
  let [low, high] = [1e-3, 1e6];
  while (high / low > 1 + 1e-9) {
    const middle = Math.sqrt(low * high);
    const value = Math.log(2 / middle) + 2 * (gammaln((middle + 1) / 2) - gammaln(middle / 2));
    if (value < logRatio) low = middle;
    else high = middle;
  }
  return low;
}

/** Shares that are `distance` apart and closest to the counts: gains and losses are shrunk until each sums to it. */
function fitShares(counts: CountPair, distance: number): SharePair {
  const { baselineTotal: n, windowTotal: m } = counts;
  const pooled = counts.baseline.map((b, i) => (b + (counts.window[i] as number)) / (n + m));
  const difference = counts.baseline.map((b, i) => (counts.window[i] as number) / m - b / n);
  const gains = shrink(difference, pooled, distance);
  const losses = shrink(
    difference.map((value) => -value),
    pooled,
    distance,
  );
  const moved = gains.map((gain, i) => gain - (losses[i] as number));
  return {
    n,
    m,
    baseline: pooled.map((share, i) => clamp(share - ((moved[i] as number) * m) / (n + m))),
    window: pooled.map((share, i) => clamp(share + ((moved[i] as number) * n) / (n + m))),
  };
}

/** max(0, value_i - λ·weight_i), with the λ >= 0 for which these sum to `total`. */
function shrink(values: Float64Array, weights: Float64Array, total: number): Float64Array {
  const order = Array.from(values.keys())
    .filter((i) => (values[i] as number) > 0)
    .sort((i, j) => (values[j] as number) / (weights[j] as number) - (values[i] as number) / (weights[i] as number));
  let [sum, weight, lambda] = [0, 0, 0];
  for (const i of order) {
    const ratio = (values[i] as number) / (weights[i] as number);
    // Down to this ratio, the bins before it still give less than the total.
    if (weight > 0 && (sum - total) / weight >= ratio) break;
    sum += values[i] as number;
    weight += weights[i] as number;
    lambda = Math.max(0, (sum - total) / weight);
  }
  return values.map((value, i) => Math.max(0, value - lambda * (weights[i] as number)));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
