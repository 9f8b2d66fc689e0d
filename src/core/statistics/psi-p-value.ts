import { invalid, requirePositive, requireWhole } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/**
 * p of a population stability index: the chance of one at least as large while nothing has drifted.
 *
 * Under no drift PSI / (1/n + 1/m) is about chi-square with bins - 1 degrees (first order of its Taylor expansion is
 * Pearson's statistic). Good when five rows are expected in each bin of both sides: see `mergeSparseBins`.
 *
 * @param psi   nats, >= 0, as of `psiFromCounts`
 * @param bins  number of bins, whole, >= 1; with one bin there is nothing to test and p is 1
 * @param n     rows of the baseline, or its effective size; may be fractional
 * @param m     rows of the window, or its effective size; may be fractional
 * @returns probability in [0, 1]
 * @throws  InvalidInput when psi is negative or NaN, bins is not whole, or a size is not above 0
 * @see     Yurdakul & Naranjo, "Statistical properties of the population stability index" (2020)
 */
export function psiPValue(psi: number, bins: number, n: number, m: number): number {
  if (!(psi >= 0)) throw invalid(`expected a PSI of 0 or more, got ${psi}`);
  requireWhole(bins, "the number of bins");
  requirePositive(n, "the baseline's size");
  requirePositive(m, "the window's size");
  return bins === 1 ? 1 : chiSquareSurvival(psi / (1 / n + 1 / m), bins - 1);
}
