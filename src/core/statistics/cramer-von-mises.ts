import gammaln from "@stdlib/math-base-special-gammaln";
import type { Numbers } from "./checks.ts";
import { midRanks } from "./mid-ranks.ts";

/** The two-sample Cramér-von Mises statistic with its p. */
export interface CramerVonMises {
  readonly statistic: number;
  /** From the limiting distribution after a match of mean and variance; has few digits below 1e-6. */
  readonly pValue: number;
}

/**
 * Cramér-von Mises test that two samples come from one distribution. O((n + m) log(n + m)).
 *
 * T = U/(nmN) - (4nm - 1)/(6N), U = n Σ (r_i - i)² + m Σ (s_j - j)², r and s the mid-ranks in the pool of N = n + m.
 * p = 1 - F(1/6 + (T - E T) / √(45 var T)) with Anderson's moments and F the limiting distribution.
 *
 * @param baseline  values of any order, at least one; ±∞ are ordinary values
 * @param window    the same
 * @throws InvalidInput when a sample is empty or holds NaN
 * @see    Anderson, "On the distribution of the two-sample Cramér-von Mises criterion" (1962);
 *         scipy.stats.cramervonmises_2samp(method="asymptotic")
 */
export function cramerVonMises(baseline: Numbers, window: Numbers): CramerVonMises {
  const ranks = midRanks(baseline, window);
  const [n, m] = [ranks.baseline.length, ranks.window.length];
  const [total, product] = [n + m, n * m];
  const displacement = (of: Float64Array) => of.reduce((sum, rank, i) => sum + (rank - (i + 1)) ** 2, 0);
  const u = n * displacement(ranks.baseline) + m * displacement(ranks.window);
  const statistic = u / (product * total) - (4 * product - 1) / (6 * total);
  const mean = (1 + 1 / total) / 6;
  const variance =
    ((total + 1) * (4 * product * total - 3 * (n * n + m * m) - 2 * product)) / (45 * total ** 2 * 4 * product);
  // One row a side: T is always the same.
  if (!(variance > 0)) return { statistic, pValue: 1 };
  const standardised = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance);
  return { statistic, pValue: standardised < 0.003 ? 1 : Math.min(1, Math.max(0, 1 - limitingCdf(standardised))) };
}

/**
 * Distribution function of the limiting Cramér-von Mises statistic:
 * Σ_k Γ(k + ½) / (k! π^1.5 √x) · √y · e^-q · K_¼(q), y = 4k + 1, q = y² / (16x).
 * Terms below 1e-7 end the sum, as in scipy, so that both give the same p.
 *
 * @see Csörgő & Faraway, "The exact and asymptotic distributions of Cramér-von Mises statistics" (1996), equation 1.3
 */
function limitingCdf(x: number): number {
  let sum = 0;
  for (let k = 0, term = 1; Math.abs(term) >= 1e-7; k += 1) {
    const y = 4 * k + 1;
    const factor = Math.exp(gammaln(k + 0.5) - gammaln(k + 1)) / (Math.PI ** 1.5 * Math.sqrt(x));
    term = factor * Math.sqrt(y) * besselTimesExp(y ** 2 / (16 * x));
    sum += term;
  }
  return sum;
}

/** e^-q K_¼(q), K = ∫_0^∞ exp(-q cosh t) cosh(t/4) dt; the trapezoidal rule is exact to rounding for such integrands. */
function besselTimesExp(q: number): number {
  const step = 1 / 16;
  let sum = Math.exp(-2 * q) / 2;
  for (let t = step; ; t += step) {
    const term = Math.exp(-q * (1 + Math.cosh(t))) * Math.cosh(t / 4);
    sum += term;
    if (term <= sum * 1e-18) return sum * step;
  }
}
