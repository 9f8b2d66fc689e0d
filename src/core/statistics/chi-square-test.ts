import { type Numbers, requireCountPair } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/** A test of the 2 × k table of counts. */
export interface TableTest {
  readonly statistic: number;
  /** Bins that are not empty on both sides, less one. */
  readonly degrees: number;
  readonly pValue: number;
}

/**
 * Pearson's chi-square test that two vectors of counts come from one distribution.
 *
 * X² = Σ (observed - expected)² / expected over the 2 × k table, without continuity correction; bins empty on both sides
 * are left out. O(k). With one bin left: statistic 0, degrees 0, p 1.
 *
 * @param baselineCounts  rows in each bin; may be fractional
 * @param windowCounts    the same, over the same bins
 * @throws InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see    Pearson (1900); scipy.stats.chi2_contingency(correction=False)
 */
export function chiSquareTest(baselineCounts: Numbers, windowCounts: Numbers): TableTest {
  return tableTest(baselineCounts, windowCounts, (observed, expected) => (observed - expected) ** 2 / expected);
}

/**
 * Likelihood ratio (G) test that two vectors of counts come from one distribution.
 *
 * G = 2 Σ observed · ln(observed / expected) over the 2 × k table; bins empty on both sides are left out. O(k).
 *
 * @param baselineCounts  rows in each bin; may be fractional
 * @param windowCounts    the same, over the same bins
 * @throws InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see    Wilks (1938); scipy.stats.chi2_contingency(correction=False, lambda_="log-likelihood")
 */
export function gTest(baselineCounts: Numbers, windowCounts: Numbers): TableTest {
  return tableTest(baselineCounts, windowCounts, (observed, expected) =>
    observed === 0 ? 0 : 2 * observed * Math.log(observed / expected),
  );
}

function tableTest(
  baselineCounts: Numbers,
  windowCounts: Numbers,
  cell: (observed: number, expected: number) => number,
): TableTest {
  const { baseline, window, baselineTotal: n, windowTotal: m } = requireCountPair(baselineCounts, windowCounts);
  let [statistic, columns] = [0, 0];
  for (let i = 0; i < baseline.length; i += 1) {
    const [b, w] = [baseline[i] as number, window[i] as number];
    if (b + w === 0) continue;
    columns += 1;
    statistic += cell(b, ((b + w) / (n + m)) * n) + cell(w, ((b + w) / (n + m)) * m);
  }
  // Rounding may leave G a hair below 0.
  statistic = Math.max(0, statistic);
  if (columns === 1) return { statistic: 0, degrees: 0, pValue: 1 };
  return { statistic, degrees: columns - 1, pValue: chiSquareSurvival(statistic, columns - 1) };
}
