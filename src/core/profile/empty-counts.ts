import type { Counts, FeatureBins, FeatureCounts } from "./bins.ts";

/** Number of cells that counts over these bins have (see `FeatureBins`). */
export function cellCount(bins: FeatureBins): number {
  return bins.kind === "numeric" ? 2 * bins.edges.length + 1 : bins.categories.length + 1;
}

/** The counts of no rows over these bins: what `mergeCounts` starts from. */
export function emptyCounts(bins: readonly FeatureBins[]): Counts {
  return { rows: 0, features: bins.map((feature) => emptyFeatureCounts(cellCount(feature))) };
}

function emptyFeatureCounts(cells: number): FeatureCounts {
  return { cells: new Float64Array(cells), missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
}
