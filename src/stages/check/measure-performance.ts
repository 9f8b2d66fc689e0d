import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import {
  type Estimate,
  isUnmeasurable,
  measure,
  type ScoredRows,
  scoredRows,
  type Task,
} from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Window } from "../../core/window.ts";
import type { CountEngine, LabelledRows } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { CheckRow, ModelRow, State } from "../../ports/state.ts";

export interface PerformancePorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
}

export interface Performance {
  readonly findings: readonly PerformanceFinding[];
  /** Why nothing can be said, where it cannot. */
  readonly without: string | undefined;
  readonly from: Date;
  readonly to: Date;
  readonly labelled: number;
  readonly predicted: number;
}

/**
 * Metrics of the version judged over its mature rows: the newest `performance.window` whose labels are old enough to be
 * complete. Younger rows are never judged; a cohort whose labels are not complete, or too small, is not judged either.
 */
export async function measurePerformance(
  ports: PerformancePorts,
  check: CheckRow,
  model: ModelRow,
  policy: Policy,
  version: { readonly name: string; readonly metrics: Readonly<Record<string, unknown>> },
  except: readonly Window[] = [],
): Promise<Performance> {
  const to = new Date(check.windowEnd.getTime() - policy.data.labels.matureMs);
  const from = new Date(to.getTime() - policy.performance.windowMs);
  if (policy.performance.metrics.length === 0)
    return { from, to, labelled: 0, predicted: 0, findings: [], without: "the policy names no metrics" };
  const rows = await labelledRows(ports, check, { from, to, version: version.name, except });
  const seen = { from, to, labelled: rows?.labels.length ?? 0, predicted: rows?.predicted ?? 0 };
  const without = rows === undefined ? "no mature predictions yet" : whyNot(rows, policy);
  if (rows === undefined || without !== undefined) return { ...seen, findings: [], without };
  const findings = policy.performance.metrics.map((metric): PerformanceFinding => {
    const now = model.task === undefined ? taskUnknown : measure(metric, rowsToMeasure(rows, model.task));
    const promised = version.metrics[metric] as Estimate | undefined;
    return { metric, now, promised: promised === undefined || isUnmeasurable(promised) ? undefined : promised };
  });
  return { ...seen, findings, without: undefined };
}

const taskUnknown = { reason: "whether the model is binary, multiclass or regression is not known yet" };

/** Labelled rows as metrics take them. */
export function rowsToMeasure({ entities, ...rows }: LabelledRows, task: Task): ScoredRows {
  return scoredRows(task, entities !== undefined && repeats(entities) ? { ...rows, entities } : rows);
}

/** Rows of one entity are not independent; where no entity has two rows, the sharper intervals of single rows hold. */
function repeats(entities: readonly string[]): boolean {
  return new Set(entities).size < entities.length;
}

async function labelledRows(
  ports: PerformancePorts,
  check: CheckRow,
  cohort: { readonly from: Date; readonly to: Date; readonly version: string; readonly except: readonly Window[] },
): Promise<LabelledRows | undefined> {
  const { from, to, version, except } = cohort;
  const known = { asOfSeq: check.asOfSeq };
  const predictions = await ports.state.log.files(check.modelId, "predictions", { from, to, ...known });
  const labels = await ports.state.log.files(check.modelId, "labels", { from, ...known });
  if (predictions.length === 0 || labels.length === 0) return undefined;
  const located = (files: typeof labels) => ({
    paths: files.map((file) => ports.log.locate(file)),
    format: "parquet" as const,
  });
  return ports.engine.labelled({
    predictions: located(predictions),
    labels: located(labels),
    from,
    to,
    modelVersion: version,
    except,
  });
}

/** Why a cohort is not judged; undefined when it is. */
export function whyNot(rows: LabelledRows, policy: Policy): string | undefined {
  const { minRows } = policy.window;
  const labelled = rows.labels.length;
  if (rows.predicted === 0) return "no mature predictions of this version yet";
  if (labelled < rows.predicted * policy.data.labels.minComplete)
    return `only ${labelled} of ${rows.predicted} mature predictions have labels`;
  return labelled < minRows ? `only ${labelled} labelled rows of the ${minRows} needed` : undefined;
}
