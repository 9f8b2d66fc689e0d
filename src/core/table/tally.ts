import { canonicalCategory } from "../prediction/canonical-category.ts";
import type { FeatureKind } from "../prediction/contract.ts";
import { isMissing, readNumber } from "../prediction/read-number.ts";
import type { FeatureBins } from "../profile/bins.ts";
import { fitCategoricalBins } from "../profile/fit-categorical-bins.ts";
import { fitNumericBins } from "../profile/fit-numeric-bins.ts";

/** All that the tests need of one column, whatever its order of rows. */
export type Tally = NumericTally | CategoricalTally;

export interface NumericTally {
  readonly kind: "numeric";
  /** Every number, infinities too, ascending. */
  readonly sorted: Float64Array;
  readonly missing: number;
  /** Values that are no number. */
  readonly invalid: number;
}

export interface CategoricalTally {
  readonly kind: "categorical";
  /** Rows of each category. */
  readonly frequencies: ReadonlyMap<string, number>;
  readonly missing: number;
}

/** What one column holds, read as this kind; a column that is not there is missing in every row. */
export function tallyColumn(values: ArrayLike<unknown> | undefined, rows: number, kind: FeatureKind): Tally {
  const held = values ?? new Array<undefined>(rows);
  return kind === "numeric" ? tallyNumbers(held) : tallyCategories(held);
}

/** Values that are numbers or read as one: text "1.5" too, for a column may change its type between two sides. */
function tallyNumbers(values: ArrayLike<unknown>): NumericTally {
  const numbers = new Float64Array(values.length);
  let [filled, missing] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (isMissing(value, true, "numeric")) missing += 1;
    else {
      const number = readNumber(value, true);
      if (number !== undefined) numbers[filled++] = number;
    }
  }
  return {
    kind: "numeric",
    sorted: numbers.slice(0, filled).sort(),
    missing,
    invalid: values.length - filled - missing,
  };
}

function tallyCategories(values: ArrayLike<unknown>): CategoricalTally {
  const frequencies = new Map<string, number>();
  let missing = 0;
  for (let row = 0; row < values.length; row += 1) {
    const category = categoryOf(values[row]);
    if (category === undefined) missing += 1;
    else frequencies.set(category, (frequencies.get(category) ?? 0) + 1);
  }
  return { kind: "categorical", frequencies, missing };
}

function categoryOf(value: unknown): string | undefined {
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return canonicalCategory(typeof value === "object" ? JSON.stringify(value) : String(value));
}

/** Bins fitted on a column; see `fitNumericBins` and `fitCategoricalBins`. */
export function fitBins(name: string, tally: Tally, edges: number): FeatureBins {
  return tally.kind === "numeric"
    ? fitNumericBins(name, finiteOf(tally.sorted), edges)
    : fitCategoricalBins(name, tally.frequencies, edges);
}

/** The finite values of sorted ones. */
export function finiteOf(sorted: Float64Array): Float64Array {
  let [start, end] = [0, sorted.length];
  while (start < end && sorted[start] === Number.NEGATIVE_INFINITY) start += 1;
  while (end > start && sorted[end - 1] === Number.POSITIVE_INFINITY) end -= 1;
  return sorted.subarray(start, end);
}
