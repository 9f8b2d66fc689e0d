import type { HourOfRows } from "../../core/calibration/match-baseline.ts";
import { segmentParts } from "../../core/policy/segments.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { decodeCounts, sumEncodedCounts } from "../../core/profile/counts-codec.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import { isWithin } from "../../core/quarantine/quarantine.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { Window } from "../../core/window.ts";
import type { BatchOfRows, CountEngine, CountRequest, RowFilter } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies, SegmentedBaselines } from "../../ports/lookups.ts";
import type { LogFileRow, State } from "../../ports/state.ts";
import { type StoredCountsRequest, storedCounts, storedHours, versionColumn } from "../stored-counts.ts";

export interface CountPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
  /** Baselines by segment, counted once; without it each count divides its own. */
  readonly segmented?: SegmentedBaselines;
  /** Counts of windows that are at hand already; asked first where it is there. */
  readonly counted?: (request: GatherRequest) => Counts | undefined;
  /** The same of their rows by hour. */
  readonly countedHours?: (request: GatherRequest) => readonly HourOfRows[] | undefined;
}

export interface GatherRequest {
  readonly modelId: string;
  /** Absent while the model has none: rows are counted then, and nothing else. */
  readonly baselineId: string | undefined;
  /** As the policy looks at it (see `profileFor`). */
  readonly profile: Profile;
  readonly window: Window;
  readonly files: readonly LogFileRow[];
  /** '' for all rows, else `column=value`. */
  readonly segment: string;
  /** Spans of whole hours that are in quarantine; none when absent. */
  readonly except?: readonly Window[];
  /** Those of them that the baseline has rows of; `profile` is without these. */
  readonly exceptOfBaseline?: readonly Window[];
  /** Only rows of this batch. */
  readonly batch?: BatchOfRows | undefined;
}

/**
 * Counts of a window in the baseline's bins: hours that were counted before are added up; a window that does not begin
 * and end on the hour is counted from its rows.
 */
export async function gatherCounts(ports: CountPorts, request: GatherRequest): Promise<Counts> {
  const { baselineId, profile, files } = request;
  if (files.length === 0) return emptyCounts(profile.bins);
  const atHand = request.batch === undefined ? ports.counted?.(request) : undefined;
  if (atHand !== undefined) return atHand;
  if (baselineId === undefined || !isOfHours(request)) return countRows(ports, request);
  const rows = await storedCounts(ports, storedOf(request, baselineId));
  return sumEncodedCounts(
    profile.bins,
    rows.filter(({ hour }) => !isWithin(request.except ?? [], hour.getTime())).map((row) => row.counts),
  );
}

/** How many rows each hour of a window has; an hour that it only has a part of counts by that part. */
export async function gatherHours(ports: CountPorts, request: GatherRequest): Promise<readonly HourOfRows[]> {
  const { baselineId, files } = request;
  if (files.length === 0) return [];
  const atHand = request.batch === undefined ? ports.countedHours?.(request) : undefined;
  if (atHand !== undefined) return atHand;
  if (baselineId === undefined || !isOfHours(request)) {
    const groups = await ports.engine.count({ ...rowsOf(ports, request), bins: [], byHour: true });
    return groups.flatMap(({ hour, counts }) => (hour === undefined ? [] : [{ hour, rows: counts.rows }]));
  }
  const rows = await storedHours(ports, storedOf(request, baselineId));
  const kept = rows.filter(({ hour }) => !isWithin(request.except ?? [], hour.getTime()));
  return kept.map(({ hour, counts }) => ({ hour, rows: decodeCounts(counts).rows }));
}

async function countRows(ports: CountPorts, request: GatherRequest): Promise<Counts> {
  const { bins } = request.profile;
  const groups = await ports.engine.count({ ...rowsOf(ports, request), bins });
  return groups.find((group) => group.segment === "")?.counts ?? emptyCounts(bins);
}

/** The rows of a window that are of a segment. */
export function rowsOf(
  ports: CountPorts,
  { window, files, segment, except = [], batch }: GatherRequest,
): Pick<CountRequest, "files" | "filter"> {
  return {
    files: { paths: files.map((file) => ports.log.locate(file)), format: "parquet" },
    filter: {
      ...{ from: window.start, to: window.end, except },
      ...(batch === undefined ? {} : { batch }),
      ...rowsOfSegment(segment),
    },
  };
}

/** Whether stored counts of hours are those of its rows. */
function isOfHours({ window, batch }: GatherRequest): boolean {
  return batch === undefined && onTheHour(window.start) && onTheHour(window.end);
}

function rowsOfSegment(segment: string): RowFilter {
  const parts = segmentParts(segment);
  if (parts === undefined) return {};
  return parts.column === versionColumn ? { modelVersion: parts.value } : { segment: parts };
}

function storedOf({ profile, files, segment, window }: GatherRequest, baselineId: string): StoredCountsRequest {
  return { baselineId, profile, files, segment, from: window.start, to: window.end };
}

function onTheHour(time: Date): boolean {
  return time.getTime() % millisecondsPer.h === 0;
}
