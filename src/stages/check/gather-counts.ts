import type { Counts, Profile } from "../../core/profile/bins.ts";
import { sumEncodedCounts } from "../../core/profile/counts-codec.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { Window } from "../../core/window.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { LogFileRow, State } from "../../ports/state.ts";
import { ensureCounted } from "../count.ts";

export interface CountPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
  /** Counts of windows that are at hand already; asked first where it is there. */
  readonly counted?: (request: GatherRequest) => Counts | undefined;
}

export interface GatherRequest {
  readonly modelId: string;
  /** Absent while the model has none: rows are counted then, and nothing else. */
  readonly baselineId: string | undefined;
  readonly profile: Profile;
  readonly window: Window;
  readonly files: readonly LogFileRow[];
  /** '' for all rows, else `column=value`. */
  readonly segment: string;
}

/**
 * Counts of a window in the baseline's bins: hours that were counted before are added up; a window that does not begin
 * and end on the hour is counted from its rows.
 */
export async function gatherCounts(ports: CountPorts, request: GatherRequest): Promise<Counts> {
  const { baselineId, profile, window, files, segment } = request;
  if (files.length === 0) return emptyCounts(profile.bins);
  const atHand = ports.counted?.(request);
  if (atHand !== undefined) return atHand;
  if (baselineId === undefined || !onTheHour(window.start) || !onTheHour(window.end)) return countRows(ports, request);
  await ensureCounted(ports, baselineId, files);
  const rows = await ports.state.counts.read(
    baselineId,
    files.map((file) => file.id),
    { from: window.start, to: window.end, segment },
  );
  return sumEncodedCounts(
    profile.bins,
    rows.map((row) => row.counts),
  );
}

async function countRows(ports: CountPorts, { profile, window, files, segment }: GatherRequest): Promise<Counts> {
  const version = /^model_version=(.*)$/s.exec(segment)?.[1];
  const groups = await ports.engine.count({
    files: { paths: files.map((file) => ports.log.locate(file)), format: "parquet" },
    bins: profile.bins,
    filter: { from: window.start, to: window.end, ...(version === undefined ? {} : { modelVersion: version }) },
  });
  return groups.find((group) => group.segment === "")?.counts ?? emptyCounts(profile.bins);
}

function onTheHour(time: Date): boolean {
  return time.getTime() % millisecondsPer.h === 0;
}
