import { DriftwardError } from "../errors.ts";
import type { FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { countSorted } from "../profile/count-sorted.ts";
import { finiteOf, type NumericTally, type Tally } from "./tally.ts";

/**
 * A column's counts over bins; the same numbers that the counting engine gives for the same values. O(n + cells).
 *
 * @throws InvalidInput when the column was tallied as another kind than its bins are of
 */
export function countTally(bins: FeatureBins, tally: Tally): FeatureCounts {
  if (bins.kind === "numeric" && tally.kind === "numeric") return countNumbers(bins, tally);
  if (bins.kind === "numeric" || tally.kind === "numeric")
    throw new DriftwardError("InvalidInput", `expected ${bins.kind} values of "${bins.name}", got ${tally.kind} ones`);
  const none = { invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
  return { cells: countCategories(bins.categories, tally.frequencies), missing: tally.missing, ...none };
}

function countNumbers(bins: NumericBins, { sorted, missing, invalid }: NumericTally): FeatureCounts {
  const cells = countSorted(bins, sorted);
  const finite = finiteOf(sorted);
  const negativeInfinity = (finite.byteOffset - sorted.byteOffset) / sorted.BYTES_PER_ELEMENT;
  const positiveInfinity = sorted.length - finite.length - negativeInfinity;
  const [minimum, maximum] = [finite[0], finite[finite.length - 1]];
  const range = minimum === undefined || maximum === undefined ? {} : { minimum: minimum + 0, maximum: maximum + 0 };
  return { cells, missing, invalid, positiveInfinity, negativeInfinity, ...range };
}

function countCategories(categories: readonly string[], frequencies: ReadonlyMap<string, number>): Float64Array {
  const cells = new Float64Array(categories.length + 1);
  const cellOf = new Map(categories.map((category, i) => [category, i]));
  for (const [category, count] of frequencies) {
    const cell = cellOf.get(category) ?? categories.length;
    cells[cell] = (cells[cell] ?? 0) + count;
  }
  return cells;
}
