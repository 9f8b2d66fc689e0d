import type { Numbers } from "./checks.ts";
import { ksAsymptoticP } from "./ks-asymptotic-p.ts";
import { ksExactLimit, ksExactP } from "./ks-exact-p.ts";

/**
 * p of the two-sided two-sample Kolmogorov-Smirnov distance: exact and conditional on ties when both sizes are whole and
 * n·m is at most 1e6, otherwise the large-sample value.
 *
 * @param d     distance in [0, 1]
 * @param n     rows of the baseline, or its effective size; may be fractional
 * @param m     rows of the window, or its effective size; may be fractional
 * @param ties  sizes of the groups of equal values of the pooled rows, ascending (`pooledTieSizes`)
 * @returns probability in [0, 1]
 * @throws  InvalidInput when d is not in [0, 1], a size is not above 0, or the ties do not sum to n + m where they are used
 * @see     `ksExactP` and `ksAsymptoticP`, for where each comes from
 */
export function ksPValue(d: number, n: number, m: number, ties?: Numbers): number {
  const whole = Number.isInteger(n) && Number.isInteger(m) && n > 0 && m > 0;
  return whole && n * m <= ksExactLimit ? ksExactP(d, n, m, ties) : ksAsymptoticP(d, n, m);
}
