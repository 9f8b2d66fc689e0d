import { invalid, type Numbers } from "./checks.ts";

/**
 * Population stability index between a baseline and a window, over the same bins.
 *
 * PSI = Σ_i (w_i - b_i) · ln(w_i / b_i), the symmetrised Kullback-Leibler (Jeffreys) divergence. O(k).
 *
 * @param baselineShares  share of the baseline in each bin; length k >= 1, each > 0, summing to 1
 * @param windowShares    the same for the window, in the same order
 * @returns nats, >= 0; 0 when the shares are equal
 * @throws  InvalidInput when the lengths differ, a share is not in (0, 1] or a side does not sum to 1
 * @see     Yurdakul, "Statistical Properties of Population Stability Index" (2018)
 */
export function populationStabilityIndex(baselineShares: Numbers, windowShares: Numbers): number {
  if (baselineShares.length !== windowShares.length || baselineShares.length === 0)
    throw invalid(
      `expected shares over the same bins, at least one, got ${baselineShares.length} for the baseline and ${windowShares.length} for the window`,
    );
  requireShares(baselineShares, "baseline");
  requireShares(windowShares, "window");
  let psi = 0;
  for (let i = 0; i < baselineShares.length; i += 1) {
    psi += psiOfBin(baselineShares[i] as number, windowShares[i] as number);
  }
  return psi;
}

/** What a bin adds to the index: of its share of the baseline and of the window, both above 0. In nats. */
export function psiOfBin(baselineShare: number, windowShare: number): number {
  return (windowShare - baselineShare) * Math.log(windowShare / baselineShare);
}

function requireShares(shares: Numbers, side: string): void {
  let sum = 0;
  for (let i = 0; i < shares.length; i += 1) {
    const share = shares[i] as number;
    if (!(share > 0 && share <= 1))
      throw invalid(
        `expected a share above 0 and at most 1 in bin ${i} of the ${side}, got ${share}`,
        "psiFromCounts gives empty bins half a pseudo-count",
      );
    sum += share;
  }
  // Shares are quotients; a sum further from 1 than rounding explains is not a distribution.
  if (Math.abs(sum - 1) > 1e-9) throw invalid(`expected the shares of the ${side} to sum to 1, got ${sum}`);
}
