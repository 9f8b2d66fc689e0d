import type { MetricName, ScoredRows } from "../metrics/metric.ts";
import { segmentParts } from "../policy/segments.ts";
import { compareCandidate, type MetricComparison } from "./compare-candidate.ts";
import { type Distance, distanceBetween } from "./distance.ts";

/** Metrics of both versions on part of the rows. */
export interface MeasuredRows {
  readonly rows: number;
  readonly metrics: readonly MetricComparison[];
}

/** One segment of the rows, such as `country=NL`, with intervals that hold for all slices together. */
export interface Slice extends MeasuredRows {
  readonly segment: string;
}

/** What Driftward measured of a candidate: all that gates are asked about. */
export interface CandidateMeasures {
  /** All mature labelled rows after the cut. */
  readonly metrics: readonly MetricComparison[];
  /** Chance that an interval misses, 5 % over the uses of the holdout; of slices, over their number as well. */
  readonly errorRate?: number;
  /** How often the holdout's rows have judged a candidate, this one counted; a part that is shared counts as its share. */
  readonly uses?: number;
  /** The rows of the last performance window. */
  readonly recent?: MeasuredRows;
  /** The rows of the segment whose incident asked for the run. */
  readonly drifted?: MeasuredRows & { readonly segment: string };
  readonly slices?: {
    readonly slices: readonly Slice[];
    /** Segments that are too small to be judged, with their rows. */
    readonly small: readonly { readonly segment: string; readonly rows: number }[];
  };
  /** How far the candidate's predictions stand from the champion's. */
  readonly distance?: Distance;
}

/** What is measured, of rows in one order: both versions, when each was predicted, and the segments each lies in. */
export interface JudgedRows {
  readonly candidate: ScoredRows;
  readonly champion: ScoredRows;
  /** ms since 1970 */
  readonly timestamps: Float64Array;
  /** By segment column, the segment of each row such as `country=NL`. */
  readonly segments: Readonly<Record<string, readonly string[]>>;
}

export interface MeasureRequest {
  readonly metrics: readonly MetricName[];
  /** At least 1; narrows what an interval may miss. */
  readonly uses: number;
  /** Rows from here on are recent. */
  readonly recentFrom: Date;
  /** The segment whose incident asked for the run; "" when none did. */
  readonly drifted: string;
  /** Columns whose segments are slices. */
  readonly slices: readonly string[];
  /** Rows that a slice needs to be judged. */
  readonly minSliceRows: number;
}

const errorRate = 0.05;

/**
 * Measures candidate and champion on the same rows: all of them, the recent ones, those of the segment that drifted, and
 * every slice. O(n log n) a metric and set.
 *
 * The same holdout asked again and again lets a lucky candidate through, so each interval misses with 5 % over the number
 * of uses (Bonferroni); the intervals of slices hold for all slices together.
 */
export function measureCandidate(rows: JudgedRows, request: MeasureRequest): CandidateMeasures {
  const { metrics, uses, recentFrom, drifted, slices } = request;
  const alpha = errorRate / uses;
  const measured = (at: Uint32Array | undefined, rate: number): MeasuredRows => ({
    rows: at?.length ?? rows.timestamps.length,
    metrics: compareCandidate(metrics, take(rows.candidate, at), take(rows.champion, at), { confidence: 1 - rate }),
  });
  const where = (holds: (row: number) => boolean) => indicesWhere(rows.timestamps.length, holds);
  const ofColumn = rows.segments[segmentParts(drifted)?.column ?? ""];
  return {
    metrics: measured(undefined, alpha).metrics,
    errorRate: alpha,
    uses,
    recent: measured(
      where((row) => (rows.timestamps[row] ?? 0) >= recentFrom.getTime()),
      alpha,
    ),
    ...(ofColumn === undefined
      ? {}
      : {
          drifted: {
            segment: drifted,
            ...measured(
              where((row) => ofColumn[row] === drifted),
              alpha,
            ),
          },
        }),
    ...(slices.length === 0 ? {} : { slices: sliceUp(rows, request, (at, count) => measured(at, alpha / count)) }),
    distance: distanceBetween(rows.candidate, rows.champion),
  };
}

function sliceUp(
  { segments }: JudgedRows,
  { slices: columns, minSliceRows }: MeasureRequest,
  measured: (at: Uint32Array, count: number) => MeasuredRows,
): NonNullable<CandidateMeasures["slices"]> {
  const members = new Map<string, number[]>();
  for (const column of columns)
    for (const [row, segment] of (segments[column] ?? []).entries()) {
      const list = members.get(segment);
      if (list === undefined) members.set(segment, [row]);
      else list.push(row);
    }
  const all = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  const large = all.filter(([, list]) => list.length >= minSliceRows);
  return {
    slices: large.map(([segment, list]) => ({ segment, ...measured(Uint32Array.from(list), large.length) })),
    small: all
      .filter(([, list]) => list.length < minSliceRows)
      .map(([segment, { length: rows }]) => ({ segment, rows })),
  };
}

function indicesWhere(count: number, holds: (row: number) => boolean): Uint32Array {
  const found = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < count; row += 1) if (holds(row)) found[at++] = row;
  return found.slice(0, at);
}

/** Rows at these places; all when undefined. */
function take(rows: ScoredRows, at: Uint32Array | undefined): ScoredRows {
  if (at === undefined) return rows;
  const some = (values: ScoredRows["labels"]) => Array.from(at, (row) => values[row] ?? Number.NaN);
  const numbers = (values: Float64Array) => Float64Array.from(at, (row) => values[row] ?? Number.NaN);
  const { task, predictions, labels, scores, classScores, positive, entities } = rows;
  return {
    task,
    predictions: some(predictions),
    labels: some(labels),
    ...(scores === undefined ? {} : { scores: numbers(scores) }),
    ...(classScores === undefined
      ? {}
      : { classScores: new Map([...classScores].map(([name, values]) => [name, numbers(values)])) }),
    ...(positive === undefined ? {} : { positive }),
    ...(entities === undefined ? {} : { entities: Array.from(at, (row) => entities[row] ?? "") }),
  };
}

/**
 * How often a holdout has been used: once for this run, and for each earlier run that was judged the share of this
 * span that its own covered.
 */
export function usesOfHoldout(
  span: { readonly cut: Date; readonly until: Date },
  earlier: readonly { readonly cut: Date; readonly until: Date }[],
): number {
  const [from, to] = [span.cut.getTime(), span.until.getTime()];
  if (to <= from) return 1;
  const shared = earlier.map(({ cut, until }) =>
    Math.max(0, Math.min(to, until.getTime()) - Math.max(from, cut.getTime())),
  );
  return 1 + shared.reduce((total, ms) => total + ms, 0) / (to - from);
}
