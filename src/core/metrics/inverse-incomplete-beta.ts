import betainc from "@stdlib/math-base-special-betainc";

/**
 * The x in [0, 1] at which the regularised incomplete beta function I_x(a, b) reaches a probability.
 *
 * Bisection on `betainc`, so that the answer is as good as that function: it starts on a scale of ratios, which keeps the
 * relative precision of a tiny x, and stops when no double lies between the ends.
 *
 * @param probability  in [0, 1]
 * @param a            > 0
 * @param b            > 0
 */
export function inverseIncompleteBeta(probability: number, a: number, b: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  let low = 0;
  let high = 1;
  let middle = 0.5;
  while (middle > low && middle < high) {
    if (betainc(middle, a, b) < probability) low = middle;
    else high = middle;
    middle = low === 0 && high > 1e-300 ? high / 16 : low + (high - low) / 2;
  }
  return high;
}
