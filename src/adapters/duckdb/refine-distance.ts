import type { FeatureCounts, NumericBins } from "../../core/profile/bins.ts";
import {
  distanceInside,
  type FineEdges,
  fineEdges,
  type KsRefinement,
  type OpenInterval,
  planRefinement,
} from "../../core/profile/ks-refinement.ts";
import { sortNumbers } from "../../core/profile/sort-numbers.ts";
import { type AroundRange, aroundRange } from "./around-range.ts";
import { createTally, tallyPresent } from "./bucketer.ts";
import { indexEdges } from "./edge-index.ts";
import { numberExpression } from "./expressions.ts";
import type { Session } from "./session.ts";
import type { SourceColumn } from "./source.ts";
import { streamVectors } from "./stream-vectors.ts";

/** Baseline values of open intervals that are held at once: 16 MB, and three times as much for what is made of them. */
const MAX_FINE = 2_000_000;

/** Values that are looked through at once. */
const PIECE = 65_536;

/** Share of the baseline's rows between two intervals that is worth a condition of its own. */
const WIDE_GAP = 0.2;

/** Gives the values of one side that lie in any of some ranges, in pieces; other values may come too. */
export type ReadInside = (ranges: readonly Range[], take: (values: Float64Array) => void) => void | Promise<void>;

/** An open range of values; infinite ends are inside. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Exact two-sample distance from counts of both sides, reading only values that can still change it. What is held is
 * bounded by the baseline's rows in the intervals left open, taken a few at a time; live rows are only counted.
 */
export async function refineDistance(
  bins: NumericBins,
  baseline: Pick<FeatureCounts, "cells">,
  live: Pick<FeatureCounts, "cells">,
  read: { readonly baseline: ReadInside; readonly live: ReadInside },
  maxFine = MAX_FINE,
): Promise<Pick<KsRefinement, "n" | "m"> & { readonly statistic: number }> {
  const plan = planRefinement(bins.edges, baseline.cells, live.cells);
  let statistic = plan.lower;
  for (const intervals of groupIntervals(plan.intervals, maxFine)) {
    const ranges = joinIntervals(intervals, plan.n);
    const rows = intervals.reduce((sum, { baselineInside }) => sum + baselineInside, 0);
    const inside = new Float64Array(rows);
    let filled = 0;
    await read.baseline(ranges, (values) => {
      filled = appendInside(inside, filled, values, intervals);
    });
    const fine = fineEdges(intervals, sortNumbers(inside.subarray(0, filled)));
    const cells = await tallyFine(fine, intervals, (take) => read.live(ranges, take));
    statistic = Math.max(statistic, distanceInside(plan, intervals, fine, cells));
  }
  return { statistic, n: plan.n, m: plan.m };
}

/** The range of values that may have to be read to know a distance, and the baseline's rows in it; undefined for none. */
export function openRange(
  bins: NumericBins,
  baseline: Pick<FeatureCounts, "cells">,
  live: Pick<FeatureCounts, "cells">,
): (Range & { readonly rows: number }) | undefined {
  const { intervals } = planRefinement(bins.edges, baseline.cells, live.cells);
  const [first, last] = [intervals[0], intervals[intervals.length - 1]];
  if (first === undefined || last === undefined) return undefined;
  const rows = last.baselineBefore + last.baselineInside - first.baselineBefore;
  return { from: first.from, to: last.to, rows };
}

async function tallyFine(
  fine: FineEdges,
  intervals: readonly OpenInterval[],
  read: (take: (values: Float64Array) => void) => void | Promise<void>,
): Promise<Uint32Array> {
  const tally = createTally(1, 2 * fine.edges.length + 1);
  const index = indexEdges(fine.edges);
  const kept = new Float64Array(PIECE);
  const range = aroundRange(intervals[0]?.from ?? 0, intervals[intervals.length - 1]?.to ?? 0);
  await read((values) => {
    for (let start = 0; start < values.length; start += PIECE) {
      const filled = keepAround(kept, values.subarray(start, start + PIECE), range);
      tallyPresent(tally, index, kept.subarray(0, filled));
    }
  });
  return tally.cells;
}

/** Keeps what may lie in a range: what lies beside it falls into cells that do not count. */
function keepAround(into: Float64Array, values: Float64Array, { middle, reach }: AroundRange): number {
  let next = 0;
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i] as number;
    if (Math.abs(x - middle) <= reach) {
      into[next] = x;
      next += 1;
    }
  }
  return next;
}

/** Appends the values that lie in an interval; returns the new length. Quick where neighbours share one. */
function appendInside(
  into: Float64Array,
  filled: number,
  values: Float64Array,
  intervals: readonly OpenInterval[],
): number {
  let next = filled;
  let interval = intervals[0] as OpenInterval;
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i] as number;
    if (!isInside(x, interval)) {
      interval = intervalOf(x, intervals);
      if (!isInside(x, interval)) continue;
    }
    into[next] = x;
    next += 1;
  }
  return next;
}

/** The last interval that begins below a value; the first where none does. */
function intervalOf(x: number, intervals: readonly OpenInterval[]): OpenInterval {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle] as OpenInterval).from < x) low = middle + 1;
    else high = middle;
  }
  return intervals[Math.max(0, low - 1)] as OpenInterval;
}

function isInside(x: number, { from, to }: OpenInterval): boolean {
  if (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY) return x === from || x === to;
  return x > from && x < to;
}

function groupIntervals(intervals: readonly OpenInterval[], most: number): readonly (readonly OpenInterval[])[] {
  const groups: OpenInterval[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const interval of intervals) {
    if (rows + interval.baselineInside > most) {
      groups.push([]);
      rows = 0;
    }
    groups[groups.length - 1]?.push(interval);
    rows += interval.baselineInside;
  }
  return groups;
}

/** Few ranges, split only where many of the baseline's rows lie between two intervals: the rest is left out here. */
function joinIntervals(intervals: readonly OpenInterval[], n: number): readonly Range[] {
  const ranges: { from: number; to: number }[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to, baselineBefore, baselineInside } of intervals) {
    const last = ranges[ranges.length - 1];
    if (last === undefined || baselineBefore - end > WIDE_GAP * n) ranges.push({ from, to });
    else last.to = to;
    end = baselineBefore + baselineInside;
  }
  return ranges;
}

/** Reads from memory. */
export function readHeld(values: Float64Array): ReadInside {
  return (_, take) => take(values);
}

/** Reads from memory that is sorted: only what lies in the ranges. */
export function readSorted(sorted: Float64Array): ReadInside {
  return (ranges, take) => {
    for (const { from, to } of ranges) take(sorted.subarray(firstNotBelow(sorted, from), firstAbove(sorted, to)));
  };
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Reads a column by SQL; null and NaN are left out.
 *
 * @param filtered  FROM and WHERE
 */
export function readColumn(session: Session, filtered: string, column: SourceColumn): ReadInside {
  const { value } = numberExpression(column);
  return (ranges, take) => {
    const conditions = ranges.map(({ from: low, to: high }) =>
      [
        ...(low === Number.NEGATIVE_INFINITY ? [] : [`v > '${low}'::DOUBLE`]),
        ...(high === Number.POSITIVE_INFINITY ? [] : [`v < '${high}'::DOUBLE`]),
      ].join(" AND "),
    );
    const condition = conditions.map((one) => `(${one === "" ? "true" : one})`).join(" OR ");
    const sql = `SELECT v FROM (SELECT ${value} AS v ${filtered}) WHERE v IS NOT NULL AND (${condition})`;
    return streamVectors(session, sql, (chunk) => take(chunk.doubles(0)));
  };
}
