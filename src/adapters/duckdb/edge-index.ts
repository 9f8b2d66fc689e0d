/** An index over edges that makes finding a value's cell nearly independent of their number. */
export interface EdgeIndex {
  /** The edges and, after them, NaN: no value is above it or equal to it. */
  readonly edges: Float64Array;
  /** An equal-width grid over the middle of the edges: before square g lie `grid[g]` edges. */
  readonly grid: Uint16Array | Uint32Array;
  readonly low: number;
  readonly scale: number;
}

/** Squares for each edge: most squares then hold no edge, and a value there needs no search. */
const SQUARES_PER_EDGE = 8;

/** Where there are so many edges that their grid lies beyond the nearer caches anyway, a small one. */
const SQUARES_PER_MANY = 2;
const MANY = 2 ** 16;

export function indexEdges(edges: Float64Array): EdgeIndex {
  const squares = Math.max(16, (edges.length < MANY ? SQUARES_PER_EDGE : SQUARES_PER_MANY) * edges.length);
  const [low, high] = [edges[Math.floor(edges.length * 0.002)] ?? 0, edges[Math.floor(edges.length * 0.998)] ?? 0];
  const scale = high > low ? squares / (high - low) : 0;
  const grid = edges.length < MANY ? new Uint16Array(squares + 1) : new Uint32Array(squares + 1);
  for (let i = 0; i < edges.length; i += 1) {
    const g = square(edges[i] as number, low, scale, squares) + 1;
    grid[g] = (grid[g] as number) + 1;
  }
  for (let g = 1; g <= squares; g += 1) grid[g] = (grid[g] as number) + (grid[g - 1] as number);
  const closed = new Float64Array(edges.length + 1);
  closed.set(edges);
  closed[edges.length] = Number.NaN;
  return { edges: closed, grid, low, scale };
}

/** Never decreases with x: that is all the search needs of it, so rounding does no harm. The hot loops repeat it. */
function square(x: number, low: number, scale: number, squares: number): number {
  const t = (x - low) * scale;
  return t > 0 ? (t < squares ? Math.trunc(t) : squares - 1) : 0;
}
