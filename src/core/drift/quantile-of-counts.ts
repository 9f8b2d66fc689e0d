import type { FeatureCounts, NumericBins } from "../profile/bins.ts";

/**
 * A quantile of the values behind counts: exact on an edge, linear inside an open cell (whose outer ends are the
 * smallest and largest value seen).
 *
 * @param share  of the values at or below it, in [0, 1]
 * @returns undefined when there is no value
 */
export function quantileOfCounts(bins: NumericBins, counts: FeatureCounts, share: number): number | undefined {
  const { cells } = counts;
  const total = cells.reduce((sum, cell) => sum + cell, 0);
  if (total === 0) return undefined;
  const wanted = share * total;
  let below = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    const count = cells[cell] ?? 0;
    if (count > 0 && below + count >= wanted) return inside(bins, counts, cell, (wanted - below) / count);
    below += count;
  }
  return counts.maximum;
}

function inside(bins: NumericBins, counts: FeatureCounts, cell: number, part: number): number | undefined {
  if (cell % 2 === 1) return bins.edges[(cell - 1) / 2];
  const low = cell === 0 ? counts.minimum : bins.edges[cell / 2 - 1];
  const high = cell === 2 * bins.edges.length ? counts.maximum : bins.edges[cell / 2];
  if (low === undefined || high === undefined) return low ?? high;
  return low + Math.min(1, Math.max(0, part)) * (high - low);
}
