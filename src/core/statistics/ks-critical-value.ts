import { bracketTail } from "./bracket-tail.ts";
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
  // The closed form of the two-sided tail for large n, and one or two steps of Newton's with its slope.
  let guess = (Math.sqrt(-18 * rows * Math.log(alpha / 2)) - 1) / (6 * rows);
  for (let turn = 0; turn < 3 && guess > 0 && guess < 1; turn += 1) {
    const p = kolmogorovSurvival(rows, guess);
    if (!(p > 0 && p < 1)) break;
    const step = Math.log(p / alpha) / (4 * rows * guess + 2 / 3);
    guess += step;
    if (Math.abs(step) < 1e-10) break;
  }
  const survival = (x: number): number => kolmogorovSurvival(rows, x);
  return bracketTail(survival, alpha, Math.min(1, Math.max(0, guess)), {
    low: 0,
    high: 1,
    absolute: 1e-13,
    relative: 0,
  });
}
