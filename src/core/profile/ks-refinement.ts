import { total } from "../total.ts";
/** The rows of one open interval between edges, in which D may be larger than at any edge. */
export interface OpenInterval {
  /** Exclusive ends; -Infinity and Infinity are inside the first and the last interval. */
  readonly from: number;
  readonly to: number;
  /** Rows of each side below the interval. */
  readonly baselineBefore: number;
  readonly liveBefore: number;
  /** Baseline rows inside. */
  readonly baselineInside: number;
}

/** What counts leave open of a Kolmogorov-Smirnov distance. */
export interface KsRefinement {
  readonly n: number;
  readonly m: number;
  /** The distance at the edges. */
  readonly lower: number;
  /** Ascending; none when `lower` is the distance. */
  readonly intervals: readonly OpenInterval[];
}

/**
 * Where rows must be read to know the distance: the open intervals with rows of both sides whose rows could lie so badly
 * that the distance there exceeds that at every edge. Usually a few in a hundred. O(cells).
 *
 * @param edges  K edges of `NumericBins`; both counts are 2K + 1 over them
 */
export function planRefinement(edges: Float64Array, baseline: Float64Array, live: Float64Array): KsRefinement {
  const [n, m] = [total(baseline), total(live)];
  const ends = endDistances(baseline, live, n, m);
  const intervals: OpenInterval[] = [];
  let b = 0;
  let l = 0;
  for (let cell = 0; cell < baseline.length; cell += 1) {
    const baselineInside = baseline[cell] as number;
    const liveInside = live[cell] as number;
    const worst = Math.max((b + baselineInside) / n - l / m, (l + liveInside) / m - b / n);
    if (cell % 2 === 0 && baselineInside > 0 && liveInside > 0 && worst > ends)
      intervals.push({
        from: edges[cell / 2 - 1] ?? Number.NEGATIVE_INFINITY,
        to: edges[cell / 2] ?? Number.POSITIVE_INFINITY,
        baselineBefore: b,
        liveBefore: l,
        baselineInside,
      });
    b += baselineInside;
    l += liveInside;
  }
  return { n, m, lower: ends, intervals };
}

function endDistances(baseline: Float64Array, live: Float64Array, n: number, m: number): number {
  let [b, l, distance] = [0, 0, 0];
  for (let cell = 0; cell < baseline.length; cell += 1) {
    b += baseline[cell] as number;
    l += live[cell] as number;
    distance = Math.max(distance, Math.abs(b / n - l / m));
  }
  return distance;
}

/** Edges that divide some intervals at each distinct baseline value, with the baseline's rows at each. */
export interface FineEdges {
  /** The intervals' finite ends too, where no row counts: rows between two intervals lie in cells of their own. */
  readonly edges: Float64Array;
  readonly rows: Float64Array;
  /** For each interval, the first of its values among the edges, and how many there are. */
  readonly places: readonly { readonly first: number; readonly length: number }[];
}

/**
 * @param intervals  ascending
 * @param sorted     the baseline's values inside them, ascending
 */
export function fineEdges(intervals: readonly OpenInterval[], sorted: Float64Array): FineEdges {
  const edges = new Float64Array(sorted.length + 2 * intervals.length);
  const rows = new Float64Array(edges.length);
  const places: { first: number; length: number }[] = [];
  let next = 0;
  let at = 0;
  for (const { from, to, baselineInside } of intervals) {
    if (Number.isFinite(from) && (at === 0 || edges[at - 1] !== from)) edges[at++] = from;
    const first = at;
    for (const end = next + baselineInside; next < end; next += 1) {
      const value = sorted[next] as number;
      if (at === first || edges[at - 1] !== value) edges[at++] = value + 0;
      rows[at - 1] = (rows[at - 1] as number) + 1;
    }
    places.push({ first, length: at - first });
    if (Number.isFinite(to)) edges[at++] = to;
  }
  return { edges: edges.subarray(0, at), rows: rows.subarray(0, at), places };
}

/**
 * The largest distance inside the intervals. Between two baseline values the live rows only add up, so looking at both
 * sides of every baseline value is enough: how the live rows lie between them does not matter. O(fine edges).
 *
 * @param live  counts of the live rows over the fine edges, 2K + 1; of rows outside of the intervals as many as there are
 */
export function distanceInside(
  { n, m }: Pick<KsRefinement, "n" | "m">,
  intervals: readonly OpenInterval[],
  fine: FineEdges,
  live: ArrayLike<number>,
): number {
  let distance = 0;
  for (const [i, { baselineBefore, liveBefore }] of intervals.entries()) {
    let b = baselineBefore;
    let l = liveBefore;
    const { first, length } = fine.places[i] ?? { first: 0, length: 0 };
    for (let at = first; at < first + length; at += 1) {
      l += live[2 * at] as number;
      distance = Math.max(distance, Math.abs(b / n - l / m));
      b += fine.rows[at] as number;
      l += live[2 * at + 1] as number;
      distance = Math.max(distance, Math.abs(b / n - l / m));
    }
  }
  return distance;
}
