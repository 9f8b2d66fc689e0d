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
import { createTally, tallyNumbers } from "./bucketer.ts";
import { indexEdges } from "./edge-index.ts";
import type { Session } from "./session.ts";
import { streamVectors } from "./stream-vectors.ts";

/** Baseline values of open intervals that are held at once: 16 MB, and three times as much for what is made of them. */
const MAX_FINE = 2_000_000;

/** Ranges that one statement asks for; between ranges that are joined to stay below, rows are read and left out here. */
const MAX_RANGES = 8;

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
    const ranges = joinIntervals(intervals);
    const rows = intervals.reduce((sum, { baselineInside }) => sum + baselineInside, 0);
    const append = insideOf(intervals);
    const inside = new Float64Array(rows);
    let filled = 0;
    await read.baseline(ranges, (values) => {
      filled = append(inside, filled, values);
    });
    const fine = fineEdges(intervals, sortNumbers(inside.subarray(0, filled)));
    const cells = await tallyFine(fine, append, (take) => read.live(ranges, take));
    statistic = Math.max(statistic, distanceInside(plan, intervals, fine, cells));
  }
  return { statistic, n: plan.n, m: plan.m };
}

async function tallyFine(
  fine: FineEdges,
  append: AppendInside,
  read: (take: (values: Float64Array) => void) => void | Promise<void>,
): Promise<Uint32Array> {
  const tally = createTally(1, 2 * fine.edges.length + 1);
  const index = indexEdges(fine.edges);
  let kept = new Float64Array(0);
  await read((values) => {
    if (kept.length < values.length) kept = new Float64Array(values.length);
    const filled = append(kept, 0, values);
    tallyNumbers(tally, index, { values: kept.subarray(0, filled), validity: undefined, groups: undefined });
  });
  return tally.cells;
}

/** Appends the values that lie in an interval, and tells the new length. */
type AppendInside = (into: Float64Array, filled: number, values: Float64Array) => number;

function insideOf(intervals: readonly OpenInterval[]): AppendInside {
  const froms = Float64Array.from(intervals, ({ from }) => from);
  const tos = Float64Array.from(intervals, ({ to }) => to);
  const lowest = froms[0] as number;
  const highest = tos[tos.length - 1] as number;
  return (into, filled, values) => {
    let next = filled;
    for (let i = 0; i < values.length; i += 1) {
      const x = values[i] as number;
      if (x > lowest && x < highest) {
        let a = 0;
        let b = froms.length;
        while (a < b) {
          const middle = (a + b) >> 1;
          if ((froms[middle] as number) < x) a = middle + 1;
          else b = middle;
        }
        if (x >= (tos[a - 1] as number)) continue;
      } else if (!(Math.abs(x) === Number.POSITIVE_INFINITY && (x === lowest || x === highest))) continue;
      into[next] = x;
      next += 1;
    }
    return next;
  };
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

/** At most so many ranges as one statement takes, split where most baseline rows lie between two intervals. */
function joinIntervals(intervals: readonly OpenInterval[]): readonly Range[] {
  const gaps = intervals.slice(1).map((interval, i) => {
    const before = intervals[i];
    const end = (before?.baselineBefore ?? 0) + (before?.baselineInside ?? 0);
    return { at: i + 1, rows: interval.baselineBefore - end };
  });
  const widest = gaps.sort((one, other) => other.rows - one.rows).slice(0, MAX_RANGES - 1);
  const starts = [0, ...widest.map(({ at }) => at).sort((a, b) => a - b)];
  return starts.map((start, i) => ({
    from: intervals[start]?.from ?? Number.NEGATIVE_INFINITY,
    to: intervals[(starts[i + 1] ?? intervals.length) - 1]?.to ?? Number.POSITIVE_INFINITY,
  }));
}

/** Reads from memory. */
export function readHeld(values: Float64Array): ReadInside {
  return (_, take) => take(values);
}

/**
 * Reads by SQL.
 *
 * @param from  FROM of a table whose column v is a number; null and NaN are left out
 */
export function readBySql(session: Session, from: string): ReadInside {
  return (ranges, take) => {
    const conditions = ranges.map(({ from: low, to: high }) =>
      [
        ...(low === Number.NEGATIVE_INFINITY ? [] : [`v > '${low}'::DOUBLE`]),
        ...(high === Number.POSITIVE_INFINITY ? [] : [`v < '${high}'::DOUBLE`]),
      ].join(" AND "),
    );
    const condition = conditions.map((one) => `(${one === "" ? "true" : one})`).join(" OR ");
    return streamVectors(session, `SELECT v ${from} WHERE v IS NOT NULL AND (${condition})`, (chunk) =>
      take(chunk.doubles(0)),
    );
  };
}
