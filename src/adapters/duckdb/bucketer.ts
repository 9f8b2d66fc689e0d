import type { EdgeIndex } from "./edge-index.ts";

/** What falls into the cells of one feature, for each of a number of groups of rows. */
export interface Tally {
  /** Cells of one group follow those of the group before: `group * width + cell`. */
  readonly cells: Uint32Array;
  readonly width: number;
  readonly missing: Float64Array;
  readonly invalid: Float64Array;
  readonly positiveInfinity: Float64Array;
  readonly negativeInfinity: Float64Array;
  /** Over finite values; +inf and -inf where there was none. */
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

export function createTally(groups: number, width: number): Tally {
  return {
    cells: new Uint32Array(groups * width),
    width,
    missing: new Float64Array(groups),
    invalid: new Float64Array(groups),
    positiveInfinity: new Float64Array(groups),
    negativeInfinity: new Float64Array(groups),
    minimum: new Float64Array(groups).fill(Number.POSITIVE_INFINITY),
    maximum: new Float64Array(groups).fill(Number.NEGATIVE_INFINITY),
  };
}

/** Values of one column in one chunk. */
export interface ColumnSlice {
  readonly values: Float64Array;
  /** Bit i of byte i / 8 is 1 where row i is not null; undefined where none is null. */
  readonly validity: Uint8Array | undefined;
  /** The group of each row; undefined where all are of the first. */
  readonly groups: Int32Array | undefined;
}

/** Edges that are searched one after another; above, by halves. */
const FEW = 8;

/**
 * Adds values to a tally; nulls and NaN are missing. The hot loop of counting by groups: no allocation, no call, no
 * destructuring, which costs as much as the search itself. Without groups, cells of a `Workspace` are quicker.
 */
export function tallyNumbers(tally: Tally, index: EdgeIndex, slice: ColumnSlice): void {
  const { edges, grid, low, scale } = index;
  const { cells, width, missing, minimum, maximum } = tally;
  const { values, validity, groups } = slice;
  const squares = grid.length - 1;
  for (let i = 0; i < values.length; i += 1) {
    const group = groups === undefined ? 0 : (groups[i] as number);
    const x = values[i] as number;
    if ((validity !== undefined && (((validity[i >> 3] as number) >> (i & 7)) & 1) === 0) || Number.isNaN(x)) {
      missing[group] = (missing[group] as number) + 1;
      continue;
    }
    const t = (x - low) * scale;
    const g = t > 0 ? (t < squares ? Math.trunc(t) : squares - 1) : 0;
    let a = grid[g] as number;
    let b = grid[g + 1] as number;
    while (b - a > FEW) {
      const middle = (a + b) >> 1;
      if ((edges[middle] as number) < x) a = middle + 1;
      else b = middle;
    }
    while ((edges[a] as number) < x) a += 1;
    const cell = group * width + 2 * a + (edges[a] === x ? 1 : 0);
    cells[cell] = (cells[cell] as number) + 1;
    if (x < (minimum[group] as number) || x > (maximum[group] as number)) tallyExtreme(tally, group, x);
  }
}

function tallyExtreme(tally: Tally, group: number, x: number): void {
  const { minimum, maximum, positiveInfinity, negativeInfinity } = tally;
  if (x === Number.POSITIVE_INFINITY) positiveInfinity[group] = (positiveInfinity[group] ?? 0) + 1;
  else if (x === Number.NEGATIVE_INFINITY) negativeInfinity[group] = (negativeInfinity[group] ?? 0) + 1;
  else {
    // Adding 0 turns -0 into 0.
    if (x < (minimum[group] ?? 0)) minimum[group] = x + 0;
    if (x > (maximum[group] ?? 0)) maximum[group] = x + 0;
  }
}

/** Turns missing values of a column that were text but no number into invalid ones. */
export function tallyInvalid(tally: Tally, flags: Uint8Array, groups: Int32Array | undefined): void {
  for (let i = 0; i < flags.length; i += 1) {
    if (flags[i] !== 1) continue;
    const group = groups?.[i] ?? 0;
    tally.missing[group] = (tally.missing[group] ?? 0) - 1;
    tally.invalid[group] = (tally.invalid[group] ?? 0) + 1;
  }
}
