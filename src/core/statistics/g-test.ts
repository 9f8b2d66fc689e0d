import type { Numbers } from "./checks.ts";
import { type TableTest, tableTest } from "./table-test.ts";

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
