import type { NumericBins } from "./bins.ts";

/**
 * The cells of sorted values over bins, as counting them one by one gives. O(edges * log(values an edge)).
 *
 * @param sorted  ascending, infinities allowed, no NaN
 * @returns 2K + 1 counts, see `NumericBins`
 */
export function countSorted({ edges }: NumericBins, sorted: Float64Array): Float64Array {
  const cells = new Float64Array(2 * edges.length + 1);
  let row = 0;
  for (let i = 0; i < edges.length; i += 1) {
    const edge = edges[i] as number;
    const from = skip(sorted, row, edge, false);
    cells[2 * i] = from - row;
    row = skip(sorted, from, edge, true);
    cells[2 * i + 1] = row - from;
  }
  cells[2 * edges.length] = sorted.length - row;
  return cells;
}

/** The first place from `start` on whose value is not below the edge, or with `ties` above it: found by doubling steps. */
function skip(sorted: Float64Array, start: number, edge: number, ties: boolean): number {
  let low = start;
  let step = 1;
  while (low + step <= sorted.length && isBefore(sorted[low + step - 1] as number, edge, ties)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, sorted.length + 1) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle] as number, edge, ties)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(value: number, edge: number, ties: boolean): boolean {
  return ties ? value <= edge : value < edge;
}
