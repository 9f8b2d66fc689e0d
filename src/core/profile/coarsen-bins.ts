import { isDiscrete } from "./bin-counts.ts";
import type { FeatureBins } from "./bins.ts";

/**
 * Bins with hardly an edge but those of the bins that PSI compares: about twenty cells a feature instead of thousands,
 * where many groups are counted at once (a baseline by the hour). `binCounts` gives the same numbers with either.
 *
 * Features with categories or few values stay as they are.
 */
export function coarsenBins(bins: FeatureBins): FeatureBins {
  if (bins.kind === "categorical" || isDiscrete(bins)) return bins;
  const wanted = new Set(bins.binEdges);
  // One more edge, or the bins would read as those of a feature with few values (see `isDiscrete`).
  const extra = bins.edges.findIndex((_, i) => !wanted.has(i));
  const kept = [...wanted.add(extra)].sort((a, b) => a - b);
  return {
    ...bins,
    edges: Float64Array.from(kept, (index) => bins.edges[index] ?? Number.NaN),
    binEdges: bins.binEdges.map((index) => kept.indexOf(index)),
  };
}
