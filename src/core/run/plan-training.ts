import type { Policy } from "../policy/policy.ts";
import { cutHoldout, type Holdout } from "./holdout.ts";

/** What a run would train on and be judged by. */
export interface TrainingPlan {
  /** Mature labelled rows that no judged run has seen. */
  readonly newLabels: number;
  /** Undefined when there is nothing to train or to judge on. */
  readonly holdout: Holdout | undefined;
}

/** End of the rows whose labels are old enough to be complete; for a run, at the instant it was made. */
export function matureUntil(policy: Pick<Policy, "data">, at: Date): Date {
  return new Date(at.getTime() - policy.data.labels.matureMs);
}

/**
 * Counts what is new in the mature labelled rows, and cuts them. The evaluation is no longer than two performance windows.
 *
 * @param timestamps  ms since the epoch of the labelled rows before `until`
 * @param judgedAt    when the last run was made whose candidate was judged; it saw what was mature then
 */
export function planTraining(
  policy: Policy,
  timestamps: Float64Array,
  { until, judgedAt }: { readonly until: Date; readonly judgedAt: Date | undefined },
): TrainingPlan {
  const seenUntil = judgedAt === undefined ? Number.NEGATIVE_INFINITY : matureUntil(policy, judgedAt).getTime();
  return {
    newLabels: timestamps.filter((time) => time >= seenUntil).length,
    holdout: cutHoldout(timestamps, until, { longestMs: 2 * policy.performance.windowMs }),
  };
}
