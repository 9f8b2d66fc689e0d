import type { CategoricalBins } from "./bins.ts";

/**
 * Bins of a categorical feature: the baseline's most frequent values, ties by code unit order, at most `maxCategories`.
 * Everything else, and what was never seen, is counted as other. O(n log n) in distinct values.
 *
 * @param frequencies  rows of each distinct value
 */
export function fitCategoricalBins(
  name: string,
  frequencies: ReadonlyMap<string, number>,
  maxCategories: number,
): CategoricalBins {
  const ranked = [...frequencies].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { kind: "categorical", name, categories: ranked.slice(0, maxCategories).map(([value]) => value) };
}
