import { requirePositive, requireProbability } from "./checks.ts";
import { kolmogorovSurvival } from "./kolmogorov-survival.ts";

/**
 * p of the two-sample Kolmogorov-Smirnov distance for large samples: that of a one-sample distance of nm/(n + m) rows.
 *
 * Equals scipy.stats.ks_2samp(method="asymp"), whose rounding of nm/(n + m) (halves to even) it shares; 1 row at least.
 * It takes all values for distinct and is too large, thus careful, with many ties.
 *
 * @param d  distance in [0, 1]
 * @param n  rows of the baseline, or its effective size; may be fractional
 * @param m  rows of the window, or its effective size; may be fractional
 * @returns probability in [0, 1]
 * @throws  InvalidInput when d is not in [0, 1] or a size is not above 0
 * @see     Simard & L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution" (2011)
 */
export function ksAsymptoticP(d: number, n: number, m: number): number {
  requireProbability(d, "a distance D");
  return kolmogorovSurvival(ksEffectiveRows(n, m), d);
}

/** nm/(n + m), rounded to a whole number of rows (halves to even), 1 at least. */
export function ksEffectiveRows(n: number, m: number): number {
  requirePositive(n, "the baseline's size");
  requirePositive(m, "the window's size");
  const rows = 1 / (1 / n + 1 / m);
  // Sizes are whole or measured: their harmonic mean is computed with one rounding where it can be.
  const exact =
    Number.isInteger(n) && Number.isInteger(m) && n * m <= Number.MAX_SAFE_INTEGER ? (n * m) / (n + m) : rows;
  const floor = Math.floor(exact);
  const half = exact - floor;
  const up = half > 0.5 || (half === 0.5 && floor % 2 === 1);
  return Math.max(1, up ? floor + 1 : floor);
}
