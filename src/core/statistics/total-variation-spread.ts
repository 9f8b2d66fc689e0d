import { normalCdf } from "./normal-cdf.ts";

/** Shares of both sides as some hypothesis has them, and the rows drawn from each. */
export interface SharePair {
  readonly baseline: Float64Array;
  readonly window: Float64Array;
  readonly n: number;
  readonly m: number;
}

/** Orders of the Hermite expansion of the covariances; what is left is below 1 % even for two bins. */
const orders = 10;

/**
 * Mean and variance of the total variation between samples of n and m rows drawn from given shares.
 *
 * Differences of shares are taken as normal: each |difference| is then folded normal, and two of them are correlated by
 * Mehler's expansion cov = Σ_r ρ^r/r! · c_r(i) c_r(j), where ρ_ij ≈ -a_i a_j for multinomial counts makes it O(k).
 *
 * @param shares  the true shares on both sides; each side sums to 1
 * @returns mean (share of rows) and variance of ½ Σ |ŵ_i - b̂_i|
 * @see     Leone, Nelson & Nottingham, "The folded normal distribution" (1961)
 */
export function totalVariationSpread(shares: SharePair): { readonly mean: number; readonly variance: number } {
  const { n, m } = shares;
  let [sum, variance] = [0, 0];
  const totals = new Float64Array(orders + 1);
  const squares = new Float64Array(orders + 1);
  const unit = Math.sqrt(1 / n + 1 / m);
  for (let i = 0; i < shares.baseline.length; i += 1) {
    const b = shares.baseline[i] as number;
    const w = shares.window[i] as number;
    const sigma = deviation(b, w, n, m);
    const mu = Math.abs(w - b);
    if (sigma === 0) {
      sum += mu;
      continue;
    }
    const r = mu / sigma;
    const [density, balance] = [normalDensity(r), balanceOf(r)];
    const mean = sigma * 2 * density + mu * balance;
    sum += mean;
    variance += Math.max(0, mu * mu + sigma * sigma - mean * mean);
    const pooled = (b * n + w * m) / (n + m);
    const a = (pooled * unit) / sigma;
    addCoefficients(totals, squares, { sign: w < b ? -1 : 1, r, a, sigma, density, balance });
  }
  let factorial = 1;
  for (let order = 1; order <= orders; order += 1) {
    factorial *= order;
    const cross = (totals[order] as number) ** 2 - (squares[order] as number);
    variance += ((order % 2 === 0 ? 1 : -1) * cross) / factorial;
  }
  return { mean: sum / 2, variance: Math.max(0, variance) / 4 };
}

/**
 * Mean of the difference of one bin's shares in such samples, as a distance: that of a folded normal variable. Half the
 * sum over the bins is the mean of `totalVariationSpread`.
 *
 * @param b  true share of the baseline, in [0, 1]
 * @param w  true share of the window
 * @param n  rows drawn from the baseline
 * @param m  rows drawn from the window
 */
export function meanDifference(b: number, w: number, n: number, m: number): number {
  const sigma = deviation(b, w, n, m);
  const mu = Math.abs(w - b);
  if (sigma === 0) return mu;
  const r = mu / sigma;
  return sigma * 2 * normalDensity(r) + mu * balanceOf(r);
}

/** Standard deviation of the difference of two shares. */
function deviation(b: number, w: number, n: number, m: number): number {
  return Math.sqrt((b * (1 - b)) / n + (w * (1 - w)) / m);
}

function normalDensity(r: number): number {
  return Math.exp((-r * r) / 2) / Math.sqrt(2 * Math.PI);
}

/** How much likelier a normal variable r standard deviations above 0 is to be above it than below. */
function balanceOf(r: number): number {
  return 1 - 2 * normalCdf(-r);
}

/** Adds a bin's Hermite coefficients of |x|: c_1 = σ(2Φ(r) - 1), c_s = 2σ He_(s-2)(r) φ(r), odd ones signed as the mean. */
function addCoefficients(
  totals: Float64Array,
  squares: Float64Array,
  bin: { sign: number; r: number; a: number; sigma: number; density: number; balance: number },
): void {
  let before = 0;
  let hermite = 1;
  let power = bin.a;
  for (let order = 1; order <= orders; order += 1) {
    let coefficient = bin.balance;
    if (order >= 2) {
      coefficient = 2 * bin.density * hermite;
      const next = bin.r * hermite - (order - 2) * before;
      before = hermite;
      hermite = next;
    }
    const value = (order % 2 === 1 ? bin.sign : 1) * bin.sigma * coefficient * power;
    totals[order] = (totals[order] as number) + value;
    squares[order] = (squares[order] as number) + value * value;
    power *= bin.a;
  }
}
