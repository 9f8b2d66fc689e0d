/**
 * The empirical distribution at both sides of every edge of a numeric feature, as counts: `below[i]` rows are < e_i,
 * `upTo[i]` rows are <= e_i. `total` is all rows in cells, so the last open interval holds `total - upTo[K - 1]`. O(K).
 *
 * @param cells  2K + 1 counts as `NumericBins` lays them out
 */
export function cumulativeCounts(cells: Float64Array): {
  readonly below: Float64Array;
  readonly upTo: Float64Array;
  readonly total: number;
} {
  const edges = (cells.length - 1) / 2;
  const [below, upTo] = [new Float64Array(edges), new Float64Array(edges)];
  let total = 0;
  for (let i = 0; i < edges; i += 1) {
    total += cells[2 * i] ?? 0;
    below[i] = total;
    total += cells[2 * i + 1] ?? 0;
    upTo[i] = total;
  }
  return { below, upTo, total: total + (cells[2 * edges] ?? 0) };
}
