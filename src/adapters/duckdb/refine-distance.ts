import { DriftwardError } from "../../core/errors.ts";
import type { FeatureCounts, NumericBins } from "../../core/profile/bins.ts";
import {
  distanceInside,
  type FineEdges,
  fineEdges,
  type KsRefinement,
  type OpenInterval,
  planRefinement,
} from "../../core/profile/ks-refinement.ts";
import { aroundRange } from "./around-range.ts";
import { numberExpression } from "./expressions.ts";
import type { Session } from "./session.ts";
import type { SourceColumn } from "./source.ts";
import { streamVectors } from "./stream-vectors.ts";
import { bytesOfCells, openWorkspace, type Workspace } from "./workspace.ts";

/** Baseline values of open intervals that are held at once: 8 MB, and six times as much for what is made of them. */
const MAX_FINE = 1_000_000;

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

/** Gives the baseline's values that lie in some intervals, sorted, in an array of the workspace. */
export type BaselineInside = (
  intervals: readonly OpenInterval[],
  ranges: readonly Range[],
  workspace: Workspace,
) => Float64Array | Promise<Float64Array>;

/** A workspace that refines distances, a million baseline values at a time, beside so many bytes for other things. */
export function openRefinement(bytes = 0): Workspace {
  return openWorkspace(bytes + bytesOfRefinement(MAX_FINE));
}

/** Values, a spare as long, and cells: each value and both ends of its interval may be an edge. */
function bytesOfRefinement(rows: number): number {
  return 8 * (2 * rows + PIECE) + bytesOfCells(3 * rows);
}

/**
 * Exact two-sample distance from counts of both sides, reading only values that can still change it. What is held is
 * bounded by the baseline's rows in the intervals left open, taken a few at a time; live rows are only counted.
 *
 * @param workspace  of `openRefinement`
 * @throws InvalidData when the baseline's rows are not those that were counted
 */
export async function refineDistance(
  { bins, counts }: { readonly bins: NumericBins; readonly counts: Pick<FeatureCounts, "cells"> },
  live: Pick<FeatureCounts, "cells">,
  read: { readonly baseline: BaselineInside; readonly live: ReadInside },
  workspace: Workspace,
  maxFine = MAX_FINE,
): Promise<Pick<KsRefinement, "n" | "m"> & { readonly statistic: number }> {
  const plan = planRefinement(bins.edges, counts.cells, live.cells);
  let statistic = plan.lower;
  for (const intervals of groupIntervals(plan.intervals, maxFine)) {
    const ranges = joinIntervals(intervals, plan.n);
    const rows = rowsInside(intervals);
    // One interval alone may have more rows than are otherwise held.
    const room = rows <= MAX_FINE ? workspace : openWorkspace(bytesOfRefinement(rows));
    await room.lend(async () => {
      const sorted = await read.baseline(intervals, ranges, room);
      if (sorted.length !== rows)
        throw new DriftwardError(
          "InvalidData",
          `expected ${rows} baseline rows between some edges of "${bins.name}", as counted before, got ${sorted.length}`,
          { hint: "compare with the file that the profile was made of" },
        );
      const fine = fineEdges(intervals, sorted);
      const cells = await tallyFine(room, fine, intervals, (take) => read.live(ranges, take));
      statistic = Math.max(statistic, distanceInside(plan, intervals, fine, cells));
    });
  }
  return { statistic, n: plan.n, m: plan.m };
}

function rowsInside(intervals: readonly OpenInterval[]): number {
  return intervals.reduce((sum, { baselineInside }) => sum + baselineInside, 0);
}

/** The range of values that may have to be read to know a distance, and the baseline's rows in and below it; undefined for none. */
export function openRange(
  bins: NumericBins,
  baseline: Pick<FeatureCounts, "cells">,
  live: Pick<FeatureCounts, "cells">,
): (Range & { readonly rows: number; readonly before: number }) | undefined {
  const { intervals } = planRefinement(bins.edges, baseline.cells, live.cells);
  const [first, last] = [intervals[0], intervals[intervals.length - 1]];
  if (first === undefined || last === undefined) return undefined;
  const rows = last.baselineBefore + last.baselineInside - first.baselineBefore;
  return { from: first.from, to: last.to, rows, before: first.baselineBefore };
}

async function tallyFine(
  workspace: Workspace,
  fine: FineEdges,
  intervals: readonly OpenInterval[],
  read: (take: (values: Float64Array) => void) => void | Promise<void>,
): Promise<Uint32Array> {
  const tally = workspace.createCells(fine.edges);
  const kept = workspace.doubles(PIECE);
  // What lies beside the range falls into cells that do not count.
  const range = aroundRange(intervals[0]?.from ?? 0, intervals[intervals.length - 1]?.to ?? 0);
  await read((values) => {
    for (let start = 0; start < values.length; start += PIECE) {
      const filled = workspace.keepAround(kept, values.subarray(start, start + PIECE), range);
      tally.add(kept.subarray(0, filled));
    }
  });
  return tally.cells;
}

/** From memory that is sorted. `before` baseline rows lie below the first of it. */
export function insideSorted(sorted: Float64Array, before = 0): BaselineInside {
  return (intervals, _, workspace) => {
    const inside = workspace.doubles(rowsInside(intervals));
    let filled = 0;
    for (const { baselineBefore, baselineInside } of intervals) {
      const from = baselineBefore - before;
      inside.set(sorted.subarray(from, from + baselineInside), filled);
      filled += baselineInside;
    }
    return inside;
  };
}

/** From what is read, in any order. */
export function insideRead(read: ReadInside): BaselineInside {
  return async (intervals, ranges, workspace) => {
    const rows = rowsInside(intervals);
    const [inside, spare] = [workspace.doubles(rows), workspace.doubles(rows)];
    let filled = 0;
    await read(ranges, (values) => {
      filled = appendInside(inside, filled, values, intervals);
    });
    return workspace.sort(inside.subarray(0, filled), spare);
  };
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
