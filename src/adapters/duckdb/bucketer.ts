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

/** An index over edges that makes finding a value's cell nearly independent of their number. */
export interface EdgeIndex {
  readonly edges: Float64Array;
  /** An equal-width grid over the middle of the edges: before square g lie `grid[g]` edges. */
  readonly grid: Uint32Array;
  readonly low: number;
  readonly scale: number;
}

export function indexEdges(edges: Float64Array): EdgeIndex {
  const squares = Math.max(16, 4 * edges.length);
  const [low, high] = [edges[Math.floor(edges.length * 0.002)] ?? 0, edges[Math.floor(edges.length * 0.998)] ?? 0];
  const scale = high > low ? squares / (high - low) : 0;
  const grid = new Uint32Array(squares + 1);
  for (const edge of edges) {
    const g = square(edge, low, scale, squares) + 1;
    grid[g] = (grid[g] ?? 0) + 1;
  }
  for (let g = 1; g <= squares; g += 1) grid[g] = (grid[g] ?? 0) + (grid[g - 1] ?? 0);
  return { edges, grid, low, scale };
}

/** Never decreases with x: that is all the search below needs of it, so rounding does no harm. */
function square(x: number, low: number, scale: number, squares: number): number {
  const t = (x - low) * scale;
  return t > 0 ? (t < squares ? Math.trunc(t) : squares - 1) : 0;
}

/** Values of one column in one chunk; `groups[i]` is the group of row i. */
export interface ColumnSlice {
  readonly rows: number;
  readonly values: Float64Array;
  readonly validity: Uint8Array | undefined;
  readonly groups: Int32Array;
}

/** Adds values to a tally. The hot loop: no allocation, no calls but the grid's arithmetic. */
export function tallyNumbers(tally: Tally, index: EdgeIndex, slice: ColumnSlice): void {
  const { edges, grid, low, scale } = index;
  const { cells, width, missing, minimum, maximum } = tally;
  const { rows, values, validity, groups } = slice;
  const [count, squares] = [edges.length, grid.length - 1];
  for (let i = 0; i < rows; i += 1) {
    const group = groups[i] as number;
    const x = values[i] as number;
    if ((validity !== undefined && (((validity[i >> 3] as number) >> (i & 7)) & 1) === 0) || Number.isNaN(x)) {
      missing[group] = (missing[group] as number) + 1;
      continue;
    }
    const t = (x - low) * scale;
    const g = t > 0 ? (t < squares ? Math.trunc(t) : squares - 1) : 0;
    let a = grid[g] as number;
    let b = grid[g + 1] as number;
    while (a < b) {
      const middle = (a + b) >> 1;
      if ((edges[middle] as number) < x) a = middle + 1;
      else b = middle;
    }
    const cell = group * width + 2 * a + (a < count && edges[a] === x ? 1 : 0);
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
export function tallyInvalid(tally: Tally, flags: Uint8Array, groups: Int32Array, rows: number): void {
  for (let i = 0; i < rows; i += 1) {
    if (flags[i] !== 1) continue;
    const group = groups[i] as number;
    tally.missing[group] = (tally.missing[group] ?? 0) - 1;
    tally.invalid[group] = (tally.invalid[group] ?? 0) + 1;
  }
}
