import type { Clusters } from "./clusters.ts";

/**
 * Variance of an estimate from the influence of each row on it, rows of one cluster taken together.
 *
 * An estimate that is smooth in the shares of rows is, to first order, its true value plus the mean of the rows'
 * influences (which sum to 0), so var = G / (G - 1) * sum_g (sum_{i in g} influence_i)^2 / n^2 over the G clusters. O(n).
 *
 * @param influence  one number a row, in the estimate's unit
 * @param clusters   at least 2
 * @param corrected  the influences already carry their small-sample factor (DeLong's m - 1 and n - 1)
 * @see   Liang & Zeger, "Longitudinal data analysis using generalized linear models" (1986), for the clustered form
 */
export function influenceVariance(influence: Float64Array, clusters: Clusters, corrected = false): number {
  const { count, index } = clusters;
  const n = influence.length;
  let squares = 0;
  if (index === undefined) for (const value of influence) squares += (value / n) ** 2;
  else {
    const sums = new Float64Array(count);
    for (let row = 0; row < n; row++) {
      const cluster = index[row] ?? 0;
      sums[cluster] = (sums[cluster] ?? 0) + (influence[row] ?? 0) / n;
    }
    for (const sum of sums) squares += sum * sum;
  }
  return corrected && index === undefined ? squares : (squares * count) / (count - 1);
}
