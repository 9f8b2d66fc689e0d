import type { BinLaw, BinSpread } from "./bin-spread.ts";

/** A bin of a group: what it holds of the rows, and how many of its rows come together. */
interface Group {
  share: number;
  variance: number;
}

/**
 * The law of chi-square where bins are so sparse that their counts are skewed: rows that come together make a rare bin
 * jump, and its square has a longer tail than that of a normal value. PSI takes logarithms, and needs none of this.
 *
 * Of m rows d come together: m / d clumps, each in a bin of share p or not. For clumps of one size the bin's count has the
 * squared skewness (1 - 2p)² / c and the excess kurtosis (1 - 6pq) / c with q = 1 - p and c = pq m / d; for exponential
 * sizes 2.25 (1 - 2p)² / c and (3 - 10.5 pq) / c. Independent rows are the former, the more come together the more they
 * are taken for the latter. For a squared value of weight λ, kurtosis k and skewness s that adds λ² k / 2 to Σ λ² and
 * λ³ (3/2 k + 5/4 s²) to Σ λ³.
 *
 * @param law     of the same spread over the same groups
 * @param groups  for each bin the group that it is in, from 0
 * @param rows    of the baseline and of the window, all of them
 */
export function withSparseBins(
  law: BinLaw,
  spread: BinSpread,
  groups: readonly number[],
  rows: { readonly n: number; readonly m: number },
): BinLaw {
  const found = joined(spread, groups);
  const sum = found.reduce((all, { share, variance }) => all + (share > 0 ? variance / share : 1), 0);
  if (!(sum > 0)) return law;
  const factor = law.mixture.first / sum;
  const [before, after] = [1 / rows.n, 1 / rows.m];
  // The deviations of both sides add up: their skewness cancels where they are as large.
  const ofFourth = (before ** 3 + after ** 3) / (before + after) ** 2;
  const ofThird = (before ** 2 - after ** 2) ** 2 / (before + after) ** 3;
  let { second, third } = law.mixture;
  for (const { share, variance } of found) {
    if (!(share > 0 && share < 1)) continue;
    const weight = (factor * variance) / share;
    const together = Math.max(1, weight / (1 - share));
    const clumps = (share * (1 - share)) / together;
    const kurtosis = (clumpKurtosis(together, share) * ofFourth) / clumps;
    const squaredSkewness = ((2.25 - 1.25 / together) * (1 - 2 * share) ** 2 * ofThird) / clumps;
    second += (weight ** 2 * kurtosis) / 2;
    third += weight ** 3 * (1.5 * kurtosis + 1.25 * squaredSkewness);
  }
  return { ...law, mixture: { first: law.mixture.first, second, third } };
}

/** Excess kurtosis of the count of a bin, times its clumps, where so many rows come together; 0 at least. */
export function clumpKurtosis(together: number, share: number): number {
  return Math.max(0, 3 - 2 / together - (10.5 - 4.5 / together) * share * (1 - share));
}

function joined({ shares, covariances }: BinSpread, groups: readonly number[]): readonly Group[] {
  const found = Array.from({ length: Math.max(0, ...groups) + 1 }, (): Group => ({ share: 0, variance: 0 }));
  for (const [i, group] of groups.entries()) {
    const into = found[group];
    if (into === undefined) continue;
    into.share += shares[i] ?? 0;
    for (let j = 0; j <= i; j += 1)
      if (groups[j] === group) into.variance += (j === i ? 1 : 2) * (covariances[(i * (i + 1)) / 2 + j] ?? 0);
  }
  return found;
}
