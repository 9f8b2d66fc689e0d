import { requireOpenProbability } from "./checks.ts";
import { kolmogorovSurvival } from "./kolmogorov-survival.ts";
import { ksEffectiveRows } from "./ks-asymptotic-p.ts";

/**
 * The smallest Kolmogorov-Smirnov distance whose large-sample p is at most alpha: the inverse of `ksAsymptoticP`, to
 * 1e-12. D >= limit exactly when p <= alpha, which lets bounds of D be judged without their p.
 *
 * @param alpha  chance of a false alarm in (0, 1)
 * @param n      rows of the baseline, or its effective size; may be fractional
 * @param m      rows of the window, or its effective size; may be fractional
 * @returns distance in (0, 1]
 * @throws  InvalidInput when alpha is not in (0, 1) or a size is not above 0
 */
export function ksCriticalValue(alpha: number, n: number, m: number): number {
  requireOpenProbability(alpha, "alpha");
  const rows = ksEffectiveRows(n, m);
  // Dvoretzky, Kiefer, Wolfowitz and Massart: p <= 2 exp(-2nD²) for every n, so the limit is not above this.
  let high = Math.min(1, Math.sqrt(-Math.log(alpha / 2) / (2 * rows)) + 1e-6);
  if (kolmogorovSurvival(rows, high) > alpha) high = 1;
  let low = 0;
  while (high - low > 1e-13) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(rows, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}
