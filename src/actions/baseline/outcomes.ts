import {
  type Estimate,
  isUnmeasurable,
  type MetricName,
  measure,
  metricsOf,
  scoredRows,
} from "../../core/metrics/metric.ts";
import { classOf, isClassScore } from "../../core/prediction/contract.ts";
import { inferTask, nothingSeen, type OutcomeSummary, summarise, type Task } from "../../core/prediction/infer-task.ts";
import type { BaselineRecord, RowSchema } from "../../core/prediction/prediction.ts";

/** Predictions, labels and scores of a baseline's rows as they are read; NaN is missing. */
export interface Outcomes {
  readonly predictions: (number | string)[];
  readonly labels: (number | string)[];
  readonly scores: readonly number[][];
  readonly entities: string[];
  predicted: OutcomeSummary;
  labelled: OutcomeSummary;
  hasEntities: boolean;
  /** Rows without a time. */
  untimed: number;
}

export function createOutcomes(schema: RowSchema): Outcomes {
  return {
    predictions: [],
    labels: [],
    scores: schema.scores.map(() => []),
    entities: [],
    predicted: nothingSeen,
    labelled: nothingSeen,
    hasEntities: false,
    untimed: 0,
  };
}

export function addOutcome(outcomes: Outcomes, record: BaselineRecord): void {
  const { prediction, label, entityId } = record;
  if (prediction !== undefined) outcomes.predicted = summarise(outcomes.predicted, prediction);
  if (label !== undefined) outcomes.labelled = summarise(outcomes.labelled, label);
  if (record.timestamp === undefined) outcomes.untimed += 1;
  outcomes.hasEntities ||= entityId !== undefined;
  outcomes.entities.push(entityId ?? ` row ${outcomes.entities.length}`);
  outcomes.predictions.push(prediction ?? Number.NaN);
  outcomes.labels.push(label ?? Number.NaN);
  outcomes.scores.forEach((scores, index) => {
    scores.push(record.scores[index] ?? Number.NaN);
  });
}

/** The task where the rows leave no doubt. */
export function taskOf(outcomes: Outcomes, schema: RowSchema): Task | undefined {
  const classScores = schema.scores.some(isClassScore);
  const { predicted: predictions, labelled: labels } = outcomes;
  return inferTask({ kind: schema.prediction, classScores, predictions, labels });
}

export interface Promised {
  readonly metrics: Readonly<Partial<Record<MetricName, Estimate>>>;
  /** Why metrics of the task are not among them. */
  readonly unmeasured: Readonly<Partial<Record<MetricName, string>>>;
}

/** The metrics of a task over rows with labels: what the version is held to from now on. */
export function promiseOf(outcomes: Outcomes, schema: RowSchema, task: Task | undefined): Promised {
  if (task === undefined || outcomes.labelled.distinct.size === 0 || outcomes.predicted.distinct.size === 0)
    return { metrics: {}, unmeasured: {} };
  const own = schema.scores.indexOf("score");
  const classScores = schema.scores.flatMap((name, index) =>
    isClassScore(name) ? [{ name: classOf(name), scores: Float64Array.from(outcomes.scores[index] ?? []) }] : [],
  );
  const rows = scoredRows(task, {
    predictions: outcomes.predictions,
    labels: outcomes.labels,
    ...(own < 0 ? {} : { scores: Float64Array.from(outcomes.scores[own] ?? []) }),
    ...(classScores.length === 0 ? {} : { classScores }),
    ...(outcomes.hasEntities ? { entities: outcomes.entities } : {}),
  });
  const metrics: Partial<Record<MetricName, Estimate>> = {};
  const unmeasured: Partial<Record<MetricName, string>> = {};
  for (const metric of metricsOf[task]) {
    const measured = measure(metric, rows);
    if (isUnmeasurable(measured)) unmeasured[metric] = measured.reason;
    else metrics[metric] = measured;
  }
  return { metrics, unmeasured };
}
