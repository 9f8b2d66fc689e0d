import type { Numbers } from "./checks.ts";
import { type TableTest, tableTest } from "./table-test.ts";

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
