import type { Calibration } from "../core/calibration/calibrate.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Calibrations, Policies, Profiles } from "../ports/lookups.ts";
import { type KeptCalibrationPorts, keepCalibrations } from "../stages/check/keep-calibrations.ts";
import { type BaselineStatus, baselineStatusOf } from "./baseline-status.ts";
import { requireModel } from "./check-model.ts";

export interface CalibrateModelPorts extends KeptCalibrationPorts {
  readonly policies: Policies;
  readonly profiles: Profiles;
  /** Those that are kept already; kept for themselves when absent. */
  readonly calibrations?: Calibrations;
}

export interface CalibratedModel {
  readonly model: string;
  readonly version: string | undefined;
  /** What the limits rest on. */
  readonly baseline: BaselineStatus;
  readonly calibration: ShownCalibration;
  /** Half of the last checks had no more rows; undefined where none is known. */
  readonly recentRows: number | undefined;
}

/** Checks among which a usual window is looked for. */
const lookedAt = 30;

/** A calibration without what only checks need of it. */
export type ShownCalibration = Omit<Calibration, "spreads">;

/**
 * What the policy in force comes to on the champion's baseline: the limits that its checks use.
 *
 * @throws NotFound when there is no such model, Conflict when it has no policy or no baseline yet
 */
export async function calibrateModel(ports: CalibrateModelPorts, name: string): Promise<CalibratedModel> {
  const model = await requireModel(ports.state, name);
  if (model.policyRevision === undefined)
    throw new DriftwardError("Conflict", `expected a policy for ${name}, found none`, {
      hint: "write one under policies/ and run `driftward apply`",
    });
  if (model.championBaseline === undefined)
    throw new DriftwardError("Conflict", `expected a baseline for ${name}, found none`, {
      hint: "`driftward baseline MODEL VERSION FILE` makes one",
    });
  const [policy, profile, version, checks, baseline] = await Promise.all([
    ports.policies.of(model.policyRevision),
    ports.profiles.of(model.championBaseline),
    model.championVersion === undefined ? undefined : ports.state.versions.get(model.championVersion),
    ports.state.checks.recent(model.id, lookedAt),
    ports.state.baselines.get(model.championBaseline),
  ]);
  const request = { modelId: model.id, baselineId: model.championBaseline, profile, policy };
  const calibrations = ports.calibrations ?? keepCalibrations(ports);
  const { spreads: _, ...calibration } = await calibrations.of(request);
  const rows = checks.flatMap(({ state, rowCount = 0 }) => (state === "done" && rowCount > 0 ? [rowCount] : []));
  const of = { model: name, version: version?.name, baseline: baselineStatusOf(baseline) };
  return { ...of, calibration, recentRows: median(rows) };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
