import { type Calibration, type CheckLimits, limitsOf } from "../../core/calibration/calibrate.ts";
import { calibrationDigest } from "../../core/calibration/calibration-digest.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Calibrations, Limits } from "../../ports/lookups.ts";
import type { State } from "../../ports/state.ts";
import { type CalibrationPorts, calibrateBaseline } from "./calibrate-baseline.ts";

export interface KeptCalibrationPorts extends CalibrationPorts {
  readonly state: State;
  readonly clock: Clock;
}

/** Features times checks that a calibration draws: a second or two for fifty features. */
const effort = 600_000;

/**
 * Calibrations that are derived once and kept in state under the digest of all that they follow from: every process and
 * every command has the same limits, and none derives them again.
 */
export function keepCalibrations(ports: KeptCalibrationPorts): Calibrations {
  const known = new WeakMap<Policy, Map<string, Promise<Calibration>>>();
  return {
    of(request) {
      const { policy, baselineId } = request;
      const byBaseline = known.get(policy) ?? new Map<string, Promise<Calibration>>();
      known.set(policy, byBaseline);
      const key = JSON.stringify([baselineId, request.except ?? []]);
      const answer = byBaseline.get(key) ?? findOrDerive(ports, request);
      byBaseline.set(key, answer);
      answer.catch(() => byBaseline.delete(key));
      return answer;
    },
  };
}

/** What checks take of calibrations. */
export function limitsFrom(calibrations: Calibrations): Limits {
  const known = new WeakMap<Calibration, CheckLimits>();
  return {
    async of(request) {
      const calibration = await calibrations.of(request);
      const limits = known.get(calibration) ?? limitsOf(calibration);
      known.set(calibration, limits);
      return limits;
    },
  };
}

async function findOrDerive(
  ports: KeptCalibrationPorts,
  request: Parameters<Calibrations["of"]>[0],
): Promise<Calibration> {
  const { baselineId, policy, except = [] } = request;
  const { state, clock } = ports;
  const digest = calibrationDigest({ baselineId, policy, effort, except });
  const before = await state.calibrations.find(digest);
  if (before !== undefined) return before.body as Calibration;
  const { task } = await state.models.get(request.modelId);
  const body = await calibrateBaseline(ports, { ...request, effort, ...(task === undefined ? {} : { task }) });
  await state.transaction((tx) => tx.calibrations.insert({ digest, baselineId, body, createdAt: clock.now() }));
  // As whoever finds it later reads it.
  return ((await state.calibrations.find(digest))?.body ?? body) as Calibration;
}
