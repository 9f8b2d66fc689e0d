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
 * @see     Simard & L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution" (2011)
 */
export function ksCriticalValue(alpha: number, n: number, m: number): number {
  requireOpenProbability(alpha, "alpha");
  const rows = ksEffectiveRows(n, m);
  const survival = (x: number): number => kolmogorovSurvival(rows, x);
  return bracketTail(survival, alpha, guessLimit(survival, alpha, rows), {
    low: 0,
    high: 1,
    absolute: 1e-13,
    relative: 0,
  });
}

/** Steps of the secant, from the closed form of the two-sided tail for large n and its slope. */
const mostSteps = 6;

/** About the distance of this tail: each evaluation costs, the fewer the rows the more. */
function guessLimit(survival: (x: number) => number, alpha: number, rows: number): number {
  let x = (Math.sqrt(-18 * rows * Math.log(alpha / 2)) - 1) / (6 * rows);
  let slope = 4 * rows * x + 2 / 3;
  let before: { readonly x: number; readonly above: number } | undefined;
  for (let turn = 0; turn < mostSteps && x > 0 && x < 1; turn += 1) {
    const p = survival(x);
    if (!(p > 0 && p < 1)) break;
    const above = Math.log(p / alpha);
    if (before !== undefined && above !== before.above) slope = (before.above - above) / (x - before.x);
    if (!(slope > 0)) break;
    before = { x, above };
    x += above / slope;
    if (Math.abs(above / slope) < 1e-12) break;
  }
  return Math.min(1, Math.max(0, x));
}
