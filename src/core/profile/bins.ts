/**
 * How the values of one feature are put into cells. Fitted on the baseline only, and frozen with it.
 *
 * Numeric: `edges` e_0 < e_1 < … < e_{K-1}, finite. Cells alternate between open intervals and single edges:
 * cell 0 is (-inf, e_0), cell 1 is {e_0}, cell 2 is (e_0, e_1), …, cell 2K is (e_{K-1}, +inf): 2K + 1 cells. Both bins
 * (a, b] and [a, b) are unions of cells, and ties at edges stay exact. `binEdges` are the indices into `edges` of the
 * upper edges of PSI's bins (a, b] (at most nine for ten quantile bins); the last bin is open above.
 *
 * Categorical: cell i counts `categories[i]`; the last cell counts every other value. `categories.length + 1` cells.
 */
export type FeatureBins = NumericBins | CategoricalBins;

export interface NumericBins {
  readonly kind: "numeric";
  readonly name: string;
  readonly edges: Float64Array;
  readonly binEdges: readonly number[];
  /** Every edge that was fitted, where `edges` are few of them (see `fewEdges`). */
  readonly whole?: Float64Array;
}

export interface CategoricalBins {
  readonly kind: "categorical";
  readonly name: string;
  readonly categories: readonly string[];
}

/**
 * Counts of one feature over its cells. Whole numbers, so that adding them in any order gives the same bits.
 *
 * `missing` counts nulls and NaN; `invalid` counts values that are not of the feature's type (they are in no cell);
 * infinities are in the end cells and counted here again. `minimum` and `maximum` are over finite values.
 */
export interface FeatureCounts {
  readonly cells: Float64Array;
  readonly missing: number;
  readonly invalid: number;
  readonly positiveInfinity: number;
  readonly negativeInfinity: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Counts of a set of rows: `features[i]` belongs to the i-th bins of the profile that they were counted with. */
export interface Counts {
  readonly rows: number;
  readonly features: readonly FeatureCounts[];
}

/** A baseline: the bins and what the baseline's rows count in them. Small, mergeable, enough for all tests. */
export interface Profile {
  readonly bins: readonly FeatureBins[];
  readonly counts: Counts;
}
