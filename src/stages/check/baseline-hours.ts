import type { HourOfCounts } from "../../core/calibration/hourly-grid.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { isWithin } from "../../core/quarantine/quarantine.ts";
import type { Window } from "../../core/window.ts";
import type { CountEngine, DataFiles, SegmentColumn, SegmentOfRows } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";

export interface BaselineRowsPorts {
  readonly log: PredictionLog;
  readonly engine: CountEngine;
}

/** A baseline with the bins that its rows are counted in. */
export interface OfBaseline {
  readonly modelId: string;
  readonly baselineId: string;
  readonly profile: Profile;
  /** Spans of whole hours that are in quarantine; none when absent. */
  readonly except?: readonly Window[];
}

/** The rows of a baseline. */
export function baselineFiles(
  { log }: Pick<BaselineRowsPorts, "log">,
  { modelId, baselineId }: Pick<OfBaseline, "modelId" | "baselineId">,
): DataFiles {
  return { paths: [log.locate({ path: log.baselinePath(modelId, baselineId) })], format: "parquet" };
}

/** A baseline, or a segment of it, hour by hour; none when there are rows without a time. */
export async function baselineHours(
  ports: BaselineRowsPorts,
  baseline: OfBaseline,
  segment?: SegmentOfRows,
): Promise<readonly HourOfCounts[]> {
  const groups = await hoursBySegment(ports, baseline, [], segment);
  return groups.flatMap(({ hour, segment: of, counts }) => (of === "" ? [{ hour, counts }] : []));
}

/** The hours of a baseline, each also by segments; none when there are rows without a time, which the engine refuses. */
export async function hoursBySegment(
  ports: BaselineRowsPorts,
  { modelId, baselineId, profile, except = [] }: OfBaseline,
  segments: readonly SegmentColumn[],
  segment?: SegmentOfRows,
): Promise<readonly (HourOfCounts & { readonly segment: string })[]> {
  try {
    const groups = await ports.engine.count({
      files: baselineFiles(ports, { modelId, baselineId }),
      bins: profile.bins,
      byHour: true,
      segments,
      ...(segment === undefined ? {} : { filter: { segment } }),
    });
    return groups.flatMap(({ hour, ...group }) =>
      hour === undefined || isWithin(except, hour.getTime()) ? [] : [{ hour, ...group }],
    );
  } catch (error) {
    if (error instanceof DriftwardError && error.code === "InvalidData") return [];
    throw error;
  }
}
