import type { Policy } from "../../core/policy/policy.ts";
import { cutHoldout, type Holdout } from "../../core/run/holdout.ts";
import type { CountEngine, DataFiles } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { LogFileRow, ModelRow, RunRow, StateReads } from "../../ports/state.ts";

export interface PlanRunPorts {
  readonly log: PredictionLog;
  readonly engine: CountEngine;
}

export interface RunPlan {
  /** What is known: rows of later files are not used, whatever their time. */
  readonly asOfSeq: number;
  /** Mature labelled rows that no judged run has seen. */
  readonly newLabels: number;
  /** Undefined when there is nothing to train or to judge on. */
  readonly holdout: Holdout | undefined;
}

/** End of the rows whose labels are old enough to be complete; for a run, at the instant it was made. */
export function matureUntil(policy: Policy, at: Date): Date {
  return new Date(at.getTime() - policy.data.labels.matureMs);
}

/** Where a run's rows come from: everything known at `asOfSeq`, predictions before `until` only. */
export async function filesOfRun(
  reads: Pick<StateReads, "log">,
  log: PredictionLog,
  of: { readonly modelId: string; readonly asOfSeq: number; readonly until: Date },
): Promise<{ readonly predictions: DataFiles; readonly labels: DataFiles } | undefined> {
  const { modelId, asOfSeq, until } = of;
  const predictions = await reads.log.files(modelId, "predictions", { to: until, asOfSeq });
  const labels = await reads.log.files(modelId, "labels", { asOfSeq });
  if (predictions.length === 0 || labels.length === 0) return undefined;
  const located = (files: readonly LogFileRow[]): DataFiles => ({
    paths: files.map((file) => log.locate(file)),
    format: "parquet",
  });
  return { predictions: located(predictions), labels: located(labels) };
}

/**
 * Cuts what a run would train on and be judged by, and counts what is new in it. The evaluation is no longer than two
 * performance windows.
 *
 * @param runs  earlier runs of the model, newest first
 */
export async function planRun(
  ports: PlanRunPorts,
  reads: Pick<StateReads, "log">,
  {
    model,
    policy,
    at,
    runs,
  }: { readonly model: ModelRow; readonly policy: Policy; readonly at: Date; readonly runs: readonly RunRow[] },
): Promise<RunPlan> {
  const asOfSeq = model.logSeq;
  const until = matureUntil(policy, at);
  const files = await filesOfRun(reads, ports.log, { modelId: model.id, asOfSeq, until });
  if (files === undefined) return { asOfSeq, newLabels: 0, holdout: undefined };
  const { timestamps } = await ports.engine.labelled({ ...files, from: new Date(0), to: until });
  const judged = runs.find(({ state }) => state === "promoted" || state === "rejected");
  const seenUntil = judged === undefined ? Number.NEGATIVE_INFINITY : matureUntil(policy, judged.createdAt).getTime();
  return {
    asOfSeq,
    newLabels: timestamps.filter((time) => time >= seenUntil).length,
    holdout: cutHoldout(timestamps, until, { longestMs: 2 * policy.performance.windowMs }),
  };
}
