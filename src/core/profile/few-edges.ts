import { isDiscrete } from "./bin-counts.ts";
import type { FeatureBins, FeatureCounts } from "./bins.ts";
import { cellCount } from "./empty-counts.ts";

/** Edges that are left. Stored counts are over these: another number needs another version of their codec. */
const few = 64;

/**
 * Bins with few of their edges, for features that are shown and never alarm: the first, the last, those that close the
 * bins that PSI compares, and others at even ranks between them. `binCounts` gives the same numbers with either, so psi,
 * chi-square and the total variation stay as they are; KS has wider bounds.
 *
 * Features with categories, few values or few edges stay as they are. O(edges).
 */
export function fewEdges(bins: FeatureBins): FeatureBins {
  if (bins.kind === "categorical" || bins.whole !== undefined) return bins;
  const { edges, binEdges } = bins;
  const places = few - binEdges.length;
  if (isDiscrete(bins) || edges.length <= few || places < 2) return bins;
  const even = Array.from({ length: places }, (_, i) => Math.round((i * (edges.length - 1)) / (places - 1)));
  const kept = [...new Set([...even, ...binEdges])].sort((one, other) => one - other);
  return {
    ...bins,
    edges: Float64Array.from(kept, (index) => edges[index] ?? Number.NaN),
    binEdges: binEdges.map((index) => kept.indexOf(index)),
    whole: edges,
  };
}

/** The bins as they were fitted. O(edges). */
export function allEdges(bins: FeatureBins): FeatureBins {
  if (bins.kind === "categorical" || bins.whole === undefined) return bins;
  const { whole: edges, ...own } = bins;
  const kept = new Set(bins.binEdges.map((index) => bins.edges[index]));
  return { ...own, edges, binEdges: [...edges.keys()].filter((index) => kept.has(edges[index])) };
}

/** Which features have few edges, by their place: what counts say of themselves (see `encodeCounts`). */
export function fewEdged(bins: readonly FeatureBins[]): readonly number[] {
  return bins.flatMap((feature, i) => (feature.kind === "numeric" && feature.whole !== undefined ? [i] : []));
}

/** Whether counts over these bins are over all edges that were fitted. */
export function edgesOf(bins: readonly FeatureBins[]): "all" | "few" {
  return fewEdged(bins).length === 0 ? "all" : "few";
}

/**
 * The cell of the bins that each cell over all edges lies in. O(edges).
 *
 * @returns undefined where the bins have all of their edges
 */
export function foldOf(bins: FeatureBins): Int32Array | undefined {
  if (bins.kind === "categorical" || bins.whole === undefined) return undefined;
  const { edges, whole } = bins;
  const fold = new Int32Array(2 * whole.length + 1);
  let below = 0;
  for (let i = 0; i < whole.length; i += 1) {
    fold[2 * i] = 2 * below;
    const isKept = whole[i] === edges[below];
    fold[2 * i + 1] = isKept ? 2 * below + 1 : 2 * below;
    if (isKept) below += 1;
  }
  fold[2 * whole.length] = 2 * below;
  return fold;
}

/** Counts over all edges as counting with these bins gives them; counts that were made with them stay as they are. */
export function foldCounts(bins: FeatureBins, counts: FeatureCounts): FeatureCounts {
  const fold = foldOf(bins);
  if (fold?.length !== counts.cells.length) return counts;
  return { ...counts, cells: foldCells(fold, counts.cells, cellCount(bins)) };
}

/** Adds up the cells that fall into one. */
export function foldCells(fold: Int32Array, cells: Float64Array, width: number): Float64Array {
  const folded = new Float64Array(width);
  for (let i = 0; i < fold.length; i += 1) {
    const at = fold[i] as number;
    folded[at] = (folded[at] as number) + (cells[i] as number);
  }
  return folded;
}
