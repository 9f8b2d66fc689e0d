import type { Policy } from "../../core/policy/policy.ts";
import { quarantinedSpans } from "../../core/quarantine/quarantine.ts";
import { matureUntil, planTraining, type TrainingPlan } from "../../core/run/plan-training.ts";
import type { SourceRecord } from "../../core/run/run-data.ts";
import type { CountEngine, DataFiles } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { LogFileRow, ModelRow, RunRow, StateReads } from "../../ports/state.ts";

export { matureUntil };

export interface PlanRunPorts {
  readonly log: PredictionLog;
  readonly engine: CountEngine;
}

export interface RunPlan extends TrainingPlan {
  /** What is known: rows of later files are not used, whatever their time. */
  readonly asOfSeq: number;
}

export interface RunFiles {
  readonly predictions: DataFiles;
  readonly labels: DataFiles;
  readonly manifest: readonly SourceRecord[];
}

/** Where a run's rows come from: everything known at `asOfSeq`, predictions before `until` only. */
export async function filesOfRun(
  reads: Pick<StateReads, "log">,
  log: PredictionLog,
  of: { readonly modelId: string; readonly asOfSeq: number; readonly until: Date },
): Promise<RunFiles | undefined> {
  const { modelId, asOfSeq, until } = of;
  const predictions = await reads.log.files(modelId, "predictions", { to: until, asOfSeq });
  const labels = await reads.log.files(modelId, "labels", { asOfSeq });
  if (predictions.length === 0 || labels.length === 0) return undefined;
  const located = (files: readonly LogFileRow[]): DataFiles => ({
    paths: files.map((file) => log.locate(file)),
    format: "parquet",
  });
  const listed = <Kind extends string>(kind: Kind, files: readonly LogFileRow[]) =>
    files.map(({ path, sha256, rowCount: rows }) => ({ kind, path, sha256, rows }));
  const manifest = [...listed("predictions", predictions), ...listed("labels", labels)];
  return { predictions: located(predictions), labels: located(labels), manifest };
}

/**
 * Cuts what a run would train on and be judged by, and counts what is new in it. The evaluation is no longer than two
 * performance windows.
 *
 * @param runs  earlier runs of the model, newest first
 */
export async function planRun(
  ports: PlanRunPorts,
  reads: Pick<StateReads, "log" | "quarantines">,
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
  const { predictions, labels } = files;
  const except = quarantinedSpans(await reads.quarantines.list(model.id), asOfSeq);
  const { timestamps } = await ports.engine.labelled({ predictions, labels, from: new Date(0), to: until, except });
  const judged = runs.find(({ state }) => state === "promoted" || state === "rejected");
  return { asOfSeq, ...planTraining(policy, timestamps, { until, judgedAt: judged?.createdAt }) };
}
