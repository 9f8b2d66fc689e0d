import { invalid, type Numbers, requireWhole } from "./checks.ts";
import { quantile } from "./quantile.ts";

/**
 * Inner edges of bins that hold about equal shares of a baseline: its quantiles at i / bins, equal ones merged.
 *
 * Bins are right-closed: (-∞, e_1], (e_1, e_2], …, (e_k, +∞). With at most `bins` distinct values these are the edges:
 * count such a feature by equality, all other values in a last bin, or moves below its smallest value go unseen.
 * O(n log n).
 *
 * @param baseline  values of any order; ±∞ are left out
 * @param bins      number of bins wanted, whole, >= 1; 10 gives deciles
 * @returns distinct edges, ascending; k edges make k + 1 bins
 * @throws  InvalidInput when bins is not whole, a value is NaN or no value is finite
 * @see     Hyndman & Fan, "Sample quantiles in statistical packages" (1996), type 7
 */
export function quantileEdges(baseline: Numbers, bins: number): number[] {
  requireWhole(bins, "the number of bins");
  const finite = requireFiniteValues(baseline);
  const distinct = new Set<number>();
  // -0 and 0 are one key of a Set.
  for (const value of finite) if (distinct.add(value).size > bins) break;
  if (distinct.size <= bins) return [...distinct];
  const edges = Array.from({ length: bins - 1 }, (_, i) => quantile(finite, (i + 1) / bins));
  return edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]);
}

/** The finite values, sorted, at least one. */
export function requireFiniteValues(baseline: Numbers): Float64Array {
  const values = Float64Array.from(baseline);
  if (values.some(Number.isNaN)) throw invalid("expected numbers in the baseline, got NaN", "leave missing values out");
  const finite = values.filter(Number.isFinite).sort();
  if (finite.length === 0) throw invalid("expected at least one finite value in the baseline, got none");
  return finite;
}
