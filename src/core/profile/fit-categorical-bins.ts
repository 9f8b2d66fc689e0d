import type { CategoricalBins } from "./bins.ts";

/** Share of the baseline's rows by which choosing the categories on it may favour it. */
const favour = 0.005;

/**
 * Bins of a categorical feature: the baseline's most frequent values, ties by code unit order, at most `maxCategories`.
 * Everything else, and what was never seen, is counted as other. O(n log n) in distinct values.
 *
 * A long tail is other. Rows to come have values that the baseline has not, or has once by luck, so a bin for each value
 * of the tail would hold rows of the baseline that no other rows match: drift where nothing changed. By Good and Turing,
 * values that fewer than c rows have are, in rows to come, as frequent as values of at most c rows are in the baseline:
 * bins from c rows up favour it by the rows of values that exactly c have. The least c at which that is at most 0.5 % of
 * rows is taken, the number of such values averaged over about c ± √c, which chance moves a count by. Where every value is as
 * rare (ids), all are other.
 *
 * @param frequencies  rows of each distinct value
 * @see    Good, "The population frequencies of species and the estimation of population parameters" (1953)
 */
export function fitCategoricalBins(
  name: string,
  frequencies: ReadonlyMap<string, number>,
  maxCategories: number,
): CategoricalBins {
  const ranked = [...frequencies].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = leastFavouring(
    ranked.map(([, rows]) => rows),
    maxCategories,
  );
  return { kind: "categorical", name, categories: ranked.slice(0, kept).map(([value]) => value) };
}

/** How many of the values are bins; their rows are given, the most first. */
function leastFavouring(counts: readonly number[], most: number): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  let kept = counts.length;
  while (kept > 0) {
    const [least, dropped] = [counts[kept - 1] ?? 0, counts[kept] ?? 0];
    // Any c above what is dropped keeps the same bins: all values, or the middle of a gap.
    const from = dropped === 0 ? 1 : Math.floor((dropped + 1 + least) / 2);
    const isFair = favoured(counts, from) <= favour * rows;
    if (isFair && kept <= most) return kept;
    // Values of as many rows stay together, but where all have as many: their names know nothing of luck.
    const fewer = valuesAbove(counts, least);
    if (isFair && fewer === 0) return most;
    kept = fewer;
  }
  return 0;
}

/** Rows by which bins of values with at least `least` rows favour the baseline. */
function favoured(counts: readonly number[], least: number): number {
  const about = Math.floor(Math.sqrt(least)) - 1;
  const values = valuesAbove(counts, least - about - 1) - valuesAbove(counts, least + about);
  return (least * values) / (2 * about + 1);
}

/** How many values have more than so many rows. */
function valuesAbove(counts: readonly number[], rows: number): number {
  let [low, high] = [0, counts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((counts[middle] ?? 0) > rows) low = middle + 1;
    else high = middle;
  }
  return low;
}
