import { type Calibration, calibrate } from "../../core/calibration/calibrate.ts";
import { tooFewBlocks } from "../../core/calibration/design-effects.ts";
import type { HourOfCounts } from "../../core/calibration/hourly-grid.ts";
import { stratumOfHour } from "../../core/calibration/match-baseline.ts";
import type { LabelledBaseline } from "../../core/calibration/performance-effects.ts";
import { partsOf } from "../../core/calibration/row-order-effects.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { mergeCounts } from "../../core/profile/merge-counts.ts";
import { isWithin } from "../../core/quarantine/quarantine.ts";
import type { Window } from "../../core/window.ts";
import type { Calibrator } from "../../ports/calibrator.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import { labelledBaseline } from "./labelled-baseline.ts";

export interface CalibrationPorts {
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  /** Derives the limits elsewhere; here and now when absent. */
  readonly calibrate?: Calibrator;
}

export interface CalibrationRequest {
  readonly modelId: string;
  readonly baselineId: string;
  readonly profile: Profile;
  readonly policy: Policy;
  /** See `calibrate`: fewer draws are quicker and less exact. */
  readonly effort?: number;
  /** Of the model; without it nothing is told of how labelled rows depend on each other. */
  readonly task?: Task;
  /** Spans of whole hours that are in quarantine; none when absent. */
  readonly except?: readonly Window[];
}

/**
 * Derives a policy's limits from the rows of a baseline, counted hour by hour. The rows, the policy and the seeds are
 * fixed, so the answer is the same whenever it is asked.
 */
export async function calibrateBaseline(ports: CalibrationPorts, request: CalibrationRequest): Promise<Calibration> {
  const { policy, effort } = request;
  const hours = await baselineHours(ports, request);
  const profile = withoutQuarantine(request, hours);
  const { match } = policy.baseline;
  const stratumOf = match.length === 0 ? undefined : (hour: number) => stratumOfHour(hour, match);
  const inOrder = tooFewBlocks(hours, policy.window.spanMs, stratumOf) ? await rowsInOrder(ports, request) : undefined;
  const labelled = await labelledRows(ports, request);
  return (ports.calibrate ?? calibrate)({
    ...{ policy, profile, hours },
    ...(labelled === undefined ? {} : { labelled }),
    ...(inOrder === undefined ? {} : { inOrder }),
    ...(effort === undefined ? {} : { effort }),
  });
}

/** Where rules ask for performance: the rows that tell how its metrics vary from day to day. */
async function labelledRows(
  { engine, log }: CalibrationPorts,
  { policy, task, modelId, baselineId, except }: CalibrationRequest,
): Promise<LabelledBaseline | undefined> {
  const asked =
    policy.performance.metrics.length > 0 && policy.rules.some(({ when }) => /\bperformance\b/.test(when.source));
  if (!asked || task === undefined) return undefined;
  return labelledBaseline(engine, log.locate({ path: log.baselinePath(modelId, baselineId) }), task, except);
}

/** A baseline's profile of the hours that are not in quarantine. */
function withoutQuarantine({ profile, except = [] }: CalibrationRequest, hours: readonly HourOfCounts[]): Profile {
  if (except.length === 0 || hours.length === 0) return profile;
  return { bins: profile.bins, counts: mergeCounts(hours.map(({ counts }) => counts)) };
}

/** The baseline in parts of consecutive rows, as they were given. */
function rowsInOrder(
  ports: CalibrationPorts,
  { modelId, baselineId, profile }: CalibrationRequest,
): Promise<readonly Counts[]> {
  const path = ports.log.locate({ path: ports.log.baselinePath(modelId, baselineId) });
  const files = { paths: [path], format: "parquet" } as const;
  return ports.engine.countInOrder({ files, bins: profile.bins, parts: partsOf(profile.counts.rows) });
}

/** A baseline hour by hour, without hours in quarantine; none when rows have no time, which the engine refuses. */
export async function baselineHours(
  ports: CalibrationPorts,
  {
    modelId,
    baselineId,
    profile,
    except = [],
  }: Pick<CalibrationRequest, "modelId" | "baselineId" | "profile" | "except">,
): Promise<readonly HourOfCounts[]> {
  const path = ports.log.locate({ path: ports.log.baselinePath(modelId, baselineId) });
  try {
    const groups = await ports.engine.count({
      files: { paths: [path], format: "parquet" },
      bins: profile.bins,
      byHour: true,
    });
    return groups.flatMap(({ hour, segment, counts }) =>
      hour === undefined || segment !== "" || isWithin(except, hour.getTime()) ? [] : [{ hour, counts }],
    );
  } catch (error) {
    if (error instanceof DriftwardError && error.code === "InvalidData") return [];
    throw error;
  }
}
