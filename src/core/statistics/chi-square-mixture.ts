import { requireOpenProbability } from "./checks.ts";
import { chiSquareQuantile } from "./chi-square-quantile.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/** A weighted sum Σ λ z² of squared standard normal values by its power sums: what sums of squares of dependent rows are. */
export interface ChiSquareMixture {
  /** Σ λ: its mean. */
  readonly first: number;
  /** Σ λ²: half its variance. */
  readonly second: number;
  /** Σ λ³: an eighth of its third central moment. */
  readonly third: number;
}

/** The law of ordinary chi-square with these degrees: as many weights of 1. */
export function evenMixture(degrees: number): ChiSquareMixture {
  return { first: degrees, second: degrees, third: degrees };
}

/**
 * Chance that a weighted sum of squares exceeds x: a shifted and stretched chi-square with the same mean, variance and
 * skewness. Exact for equal weights; for weights as uneven as 17 : 9 : 6 : … : 2 right to a tenth of itself down to 1e-3.
 *
 * @see Hall, "Chi-squared approximations to the distribution of a sum of independent random variables" (1983);
 *      Buckley & Eagleson, "An approximation to the distribution of quadratic forms in normal random variables" (1988)
 */
export function mixtureSurvival(x: number, mixture: ChiSquareMixture): number {
  const { degrees, scale } = shapeOf(mixture);
  return chiSquareSurvival(Math.max(0, degrees + (x - mixture.first) / scale), degrees);
}

/** The limit that a weighted sum of squares exceeds with chance `tail`: the inverse of `mixtureSurvival`. */
export function mixtureQuantile(tail: number, mixture: ChiSquareMixture): number {
  requireOpenProbability(tail, "a tail probability");
  const { degrees, scale } = shapeOf(mixture);
  return mixture.first + scale * (chiSquareQuantile(tail, degrees) - degrees);
}

function shapeOf({ second, third }: ChiSquareMixture): { readonly degrees: number; readonly scale: number } {
  return { degrees: second ** 3 / third ** 2, scale: third / second };
}
