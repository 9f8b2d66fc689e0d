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
  const near = secant(rows, alpha, high);
  let low = 0;
  if (near > resolution && kolmogorovSurvival(rows, near - resolution) > alpha) low = near - resolution;
  if (near + resolution < high && kolmogorovSurvival(rows, near + resolution) <= alpha) high = near + resolution;
  while (high - low > 2.5 * resolution) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(rows, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** Half the width that the limit is known to, nearly. */
const resolution = 4e-14;

/**
 * Near the limit in a few steps: ln p is nearly -2nD², so nearly straight in D². What comes out is only a guess, which
 * the caller brackets.
 */
function secant(rows: number, alpha: number, start: number): number {
  const excess = (d: number) => Math.log(kolmogorovSurvival(rows, d) / alpha);
  let [before, now] = [start, start * 0.99];
  let [there, here] = [excess(before), excess(now)];
  for (let step = 0; step < 12 && Number.isFinite(here) && here !== there; step += 1) {
    const square = now ** 2 - (here * (now ** 2 - before ** 2)) / (here - there);
    if (!(square > 0 && square < 1)) break;
    [before, there] = [now, here];
    now = Math.sqrt(square);
    if (Math.abs(now - before) < resolution / 8) break;
    here = excess(now);
  }
  return now;
}
