import { DriftwardError } from "../errors.ts";
import type { FeatureBins, FeatureCounts, NumericBins } from "./bins.ts";
import { cellCount } from "./empty-counts.ts";

/**
 * Whether a numeric feature has so few distinct baseline values (at most ten) that each is a bin of its own, with one
 * bin for every other value. It shows in the bins: then and only then is every edge one of `binEdges`.
 */
export function isDiscrete(bins: NumericBins): boolean {
  return bins.binEdges.length === bins.edges.length;
}

/**
 * Counts over the bins that PSI and its kin compare, the last being the bin of missing values.
 *
 * Numeric: (-inf, b_1], (b_1, b_2], …, (b_m, +inf), missing; b are the edges that `binEdges` points at.
 * Numeric with at most ten distinct baseline values: one bin a value, ascending, then every other value, missing.
 * Categorical: one bin a category, then every other value, missing.
 * Invalid values are in no bin: they are a finding of data quality. O(cells).
 *
 * @returns as many counts as `binLabels` has labels
 * @throws InvalidInput when the counts were not made with these bins
 */
export function binCounts(bins: FeatureBins, counts: FeatureCounts): Float64Array {
  if (counts.cells.length !== cellCount(bins))
    throw new DriftwardError(
      "InvalidInput",
      `expected ${cellCount(bins)} cells for feature "${bins.name}", got ${counts.cells.length}`,
      { hint: "use counts made with the same baseline" },
    );
  if (bins.kind === "categorical") return Float64Array.of(...counts.cells, counts.missing);
  return isDiscrete(bins) ? valueCounts(counts) : rangeCounts(bins, counts);
}

function valueCounts({ cells, missing }: FeatureCounts): Float64Array {
  const result = new Float64Array((cells.length - 1) / 2 + 2);
  const other = result.length - 2;
  for (const [i, count] of cells.entries()) {
    const bin = i % 2 === 1 ? (i - 1) / 2 : other;
    result[bin] = (result[bin] ?? 0) + count;
  }
  result[other + 1] = missing;
  return result;
}

function rangeCounts(bins: NumericBins, { cells, missing }: FeatureCounts): Float64Array {
  const result = new Float64Array(bins.binEdges.length + 2);
  let next = 0;
  for (let bin = 0; bin <= bins.binEdges.length; bin += 1) {
    const edge = bins.binEdges[bin];
    // Cell 2e + 1 holds the edge e itself, which still belongs to the bin that it closes.
    const end = edge === undefined ? cells.length : 2 * edge + 2;
    let count = 0;
    for (; next < end; next += 1) count += cells[next] as number;
    result[bin] = count;
  }
  result[result.length - 1] = missing;
  return result;
}

/** What each of `binCounts` holds, for people: `<= 3`, `(3, 7]`, `> 7`, `missing`; or the values themselves. */
export function binLabels(bins: FeatureBins): readonly string[] {
  if (bins.kind === "categorical") return [...bins.categories, "other", "missing"];
  if (isDiscrete(bins)) return [...Array.from(bins.edges, String), "other", "missing"];
  const ends = bins.binEdges.map((edge) => bins.edges[edge] ?? Number.NaN);
  const inner = ends.slice(1).map((end, i) => `(${ends[i]}, ${end}]`);
  return [`<= ${ends[0]}`, ...inner, `> ${ends[ends.length - 1]}`, "missing"];
}
