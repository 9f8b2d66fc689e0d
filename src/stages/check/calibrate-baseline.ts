import { type Calibration, calibrate } from "../../core/calibration/calibrate.ts";
import { tooFewBlocks } from "../../core/calibration/design-effects.ts";
import type { HourOfCounts } from "../../core/calibration/hourly-grid.ts";
import { stratumOfHour } from "../../core/calibration/match-baseline.ts";
import type { LabelledBaseline } from "../../core/calibration/performance-effects.ts";
import { partsOf } from "../../core/calibration/row-order-effects.ts";
import type { SegmentedHours } from "../../core/calibration/segment-limits.ts";
import type { Task } from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { profileFor } from "../../core/policy/profile-for.ts";
import { segmentColumns } from "../../core/policy/segments.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { coarsenBins } from "../../core/profile/coarsen-bins.ts";
import { mergeCounts } from "../../core/profile/merge-counts.ts";
import type { Window } from "../../core/window.ts";
import type { Calibrator } from "../../ports/calibrator.ts";
import type { SegmentedBaselines } from "../../ports/lookups.ts";
import { type BaselineRowsPorts, baselineFiles, baselineHours, hoursBySegment } from "./baseline-hours.ts";
import { labelledBaseline } from "./labelled-baseline.ts";
import { createSegmentedBaselines } from "./segmented-baselines.ts";

export interface CalibrationPorts extends BaselineRowsPorts {
  /** Derives the limits elsewhere; here and now when absent. */
  readonly calibrate?: Calibrator;
  /** Baselines by segment, counted once; without it each calibration divides its own. */
  readonly segmented?: SegmentedBaselines;
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
export async function calibrateBaseline(ports: CalibrationPorts, asked: CalibrationRequest): Promise<Calibration> {
  // Limits are of what alarms; the rest takes no more room than it has to.
  const request = { ...asked, profile: profileFor(asked.policy, asked.profile) };
  const { policy, effort } = request;
  const hours = await baselineHours(ports, request);
  const profile = withoutQuarantine(request, hours);
  const { match } = policy.baseline;
  const stratumOf = match.length === 0 ? undefined : (hour: number) => stratumOfHour(hour, match);
  const inOrder = tooFewBlocks(hours, policy.window.spanMs, stratumOf) ? await rowsInOrder(ports, request) : undefined;
  const labelled = await labelledRows(ports, request);
  const segmented: SegmentedHours[] = [];
  for (const column of segmentColumns(policy)) segmented.push(await segmentHours(ports, request, column));
  return (ports.calibrate ?? calibrate)({
    ...{ policy, profile, hours, segmented },
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

/** The baseline divided by a column, hour by hour in the bins of the tests. */
async function segmentHours(
  ports: CalibrationPorts,
  { modelId, baselineId, profile, policy, except = [] }: CalibrationRequest,
  column: string,
): Promise<SegmentedHours> {
  const segmented = ports.segmented ?? createSegmentedBaselines(ports);
  const { match } = policy.baseline;
  const divided = await segmented.of({ modelId, baselineId, profile, column, match, except });
  const coarse = { ...profile, bins: profile.bins.map(coarsenBins) };
  const values = divided.segments.map(({ value }) => value);
  const asked = { modelId, baselineId, profile: coarse, except };
  const groups = await hoursBySegment(ports, asked, [{ name: column, values }]);
  return {
    ...{ column, rareValues: divided.rareValues, otherRows: divided.otherRows, bins: coarse.bins },
    segments: divided.segments.map(({ segment, counts }) => ({
      ...{ segment, rows: counts.rows },
      hours: groups.filter((group) => group.segment === segment),
    })),
  };
}

/** The baseline in parts of consecutive rows, as they were given. */
function rowsInOrder(
  ports: CalibrationPorts,
  { modelId, baselineId, profile }: CalibrationRequest,
): Promise<readonly Counts[]> {
  const files = baselineFiles(ports, { modelId, baselineId });
  return ports.engine.countInOrder({ files, bins: profile.bins, parts: partsOf(profile.counts.rows) });
}
