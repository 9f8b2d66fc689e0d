import { isDiscrete } from "./bin-counts.ts";
import type { CategoricalBins, NumericBins } from "./bins.ts";

/**
 * A function from a number to the bin that `binCounts` counts it in: the bin's place in `binLabels`. Absent values and
 * NaN are missing. O(log bins) a value.
 */
export function numberCoder(bins: NumericBins): (value: number | undefined) => number {
  const ends = bins.binEdges.map((edge) => bins.edges[edge] ?? Number.NaN);
  const [discrete, missing] = [isDiscrete(bins), ends.length + 1];
  return (value) => {
    if (value === undefined || Number.isNaN(value)) return missing;
    const at = firstAtLeast(ends, value);
    return discrete && ends[at] !== value ? ends.length : at;
  };
}

/** The same for a category: unseen ones are `other`, the last but one. */
export function categoryCoder(bins: CategoricalBins): (value: string | undefined) => number {
  const codeOf = new Map(bins.categories.map((category, code) => [category, code]));
  const other = bins.categories.length;
  return (value) => (value === undefined ? other + 1 : (codeOf.get(value) ?? other));
}

function firstAtLeast(ends: readonly number[], value: number): number {
  let [from, to] = [0, ends.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ends[middle] ?? Number.POSITIVE_INFINITY) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
