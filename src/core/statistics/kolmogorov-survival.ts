import gammaln from "@stdlib/math-base-special-gammaln";
import { requireProbability, requireWhole } from "./checks.ts";
import { kolmogorovMatrix } from "./kolmogorov-matrix.ts";
import { pelzGood } from "./pelz-good.ts";
import { smirnovSurvival } from "./smirnov-survival.ts";

/**
 * Chance that the two-sided one-sample Kolmogorov-Smirnov distance of n independent rows is at least x.
 *
 * Chooses by n and nx²: closed forms near the ends; twice Smirnov's one-sided tail where both sides cannot be far at
 * once; Durbin's matrix for small n or small x; Pelz and Good's series between. Nearly scipy.stats.kstwo's choice.
 *
 * @param n  rows, whole, >= 1
 * @param x  distance in [0, 1]
 * @returns probability in [0, 1], to about 1e-9 relative up to n = 1e6
 * @throws  InvalidInput when n is not whole or x is not in [0, 1]
 * @see     Simard & L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution" (2011)
 */
export function kolmogorovSurvival(n: number, x: number): number {
  requireWhole(n, "the number of rows");
  requireProbability(x, "a distance D");
  const nx = n * x;
  if (nx <= 0.5) return 1;
  if (x >= 1) return 0;
  // Ruben and Gambino: at most one row in each of n cells.
  if (nx <= 1) return -Math.expm1(gammaln(n + 1) - n * Math.log(n) + n * Math.log(2 * nx - 1));
  if (nx >= n - 1) return Math.min(1, 2 * (1 - x) ** n);
  const nxx = nx * x;
  if (nxx >= 370 && n > 140) return 0;
  if (x >= 0.5 || nxx > (n > 140 ? 2.2 : 4)) return Math.min(1, 2 * smirnovSurvival(n, x));
  // From n = 3000 on the series is within 1e-9 of the matrix there too, in a thousandth of its time.
  const exact = n <= 140 || (n <= 3_000 && n * x ** 1.5 <= 1.4);
  return Math.max(0, 1 - (exact ? kolmogorovMatrix(n, x) : pelzGood(n, x)));
}
