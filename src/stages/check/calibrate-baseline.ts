import { type Calibration, calibrate } from "../../core/calibration/calibrate.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Profile } from "../../core/profile/bins.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";

export interface CalibrationPorts {
  readonly log: PredictionLog;
  readonly engine: CountEngine;
}

export interface CalibrationRequest {
  readonly modelId: string;
  readonly baselineId: string;
  readonly profile: Profile;
  readonly policy: Policy;
  /** See `calibrate`: fewer draws are quicker and less exact. */
  readonly effort?: number;
}

const endOfTime = new Date("9999-12-31T00:00:00Z");

/**
 * Derives a policy's limits from the rows of a baseline, counted hour by hour. The rows, the policy and the seeds are
 * fixed, so the answer is the same whenever it is asked.
 */
export async function calibrateBaseline(ports: CalibrationPorts, request: CalibrationRequest): Promise<Calibration> {
  const { modelId, baselineId, profile, policy, effort } = request;
  const groups = await ports.engine.count({
    files: { paths: [ports.log.locate({ path: ports.log.baselinePath(modelId, baselineId) })], format: "parquet" },
    bins: profile.bins,
    byHour: true,
    // Rows without a time are in no hour, and in no range of time either.
    filter: { from: new Date(0), to: endOfTime },
  });
  const hours = groups.flatMap(({ hour, segment, counts }) =>
    hour === undefined || segment !== "" ? [] : [{ hour, counts }],
  );
  return calibrate({ policy, profile, hours, ...(effort === undefined ? {} : { effort }) });
}
