import gammaln from "@stdlib/math-base-special-gammaln";

/**
 * Upper regularised incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a).
 *
 * Legendre's continued fraction for x > a + 1 (Lentz's method), else 1 less the power series; both in O(√a) steps near
 * x = a. Own code because the gammainc of stdlib is off by percents from a = 500 on.
 *
 * @param a  shape, > 0, finite
 * @param x  lower end of the integral, >= 0, finite
 * @returns probability in [0, 1]; below the smallest number, 0
 * @see     NIST Digital Library of Mathematical Functions, 8.9.2 and 8.11.4
 */
export function upperGammaRatio(a: number, x: number): number {
  if (x === 0) return 1;
  // x^a e^-x / Γ(a), the terms joined first so that none overflows.
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  const ratio = x > a + 1 ? front * continuedFraction(a, x) : 1 - front * series(a, x);
  return Math.min(1, Math.max(0, ratio));
}

/** 1 / (x + 1 - a - 1(1 - a) / (x + 3 - a - 2(2 - a) / (x + 5 - a - …))). */
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1, change = 0; Math.abs(change - 1) > 1e-16; i += 1) {
    const step = i * (a - i);
    b += 2;
    d = 1 / (b + step * d);
    c = b + step / c;
    change = c * d;
    fraction *= change;
  }
  return fraction;
}

/** Σ x^i / (a (a + 1) … (a + i)). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let i = 1; term > sum * 1e-17; i += 1) {
    term *= x / (a + i);
    sum += term;
  }
  return sum;
}
