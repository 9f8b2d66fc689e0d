import type { Task } from "./metric-names.ts";

/** One value a row: numbers, or names of classes. NaN is a missing value. */
export type Values = readonly (number | string)[] | Float64Array;

/**
 * Labelled predictions of one version, one entry a row in every array.
 *
 * - `predictions`: the predicted class or number
 * - `scores`: binary, the probability of the positive class (any finite number serves roc_auc and average_precision)
 * - `classScores`: multiclass, the probability of each class, by the class's name
 * - `positive`: binary, the label that counts as positive; left out, labels are 0/1 or "true"/"false"
 * - `entities`: whose row it is; rows of one entity are not taken as independent
 */
export interface ScoredRows {
  readonly task: Task;
  readonly predictions: Values;
  readonly labels: Values;
  readonly scores?: Float64Array;
  readonly classScores?: ReadonlyMap<string, Float64Array>;
  readonly positive?: number | string;
  readonly entities?: readonly string[];
}

/** The scores that one class got, one a row; NaN where there is none. */
export interface ClassScores {
  readonly name: string;
  readonly scores: Float64Array;
}

/**
 * The classes that rows have scores of: one of which no row has any is another version's.
 *
 * @param partly  whether rows may lack some; else there are none unless every row has all
 */
export function givenClassScores(
  all: readonly ClassScores[],
  { partly = false }: { readonly partly?: boolean } = {},
): readonly ClassScores[] | undefined {
  const given = all.filter(({ scores }) => scores.some(Number.isFinite));
  const whole = given.every(({ scores }) => scores.every(Number.isFinite));
  return given.length > 0 && (partly || whole) ? given : undefined;
}

/** Rows of one version as a measure takes them. */
export function scoredRows(
  task: Task,
  rows: Omit<ScoredRows, "task" | "classScores" | "positive"> & { readonly classScores?: readonly ClassScores[] },
): ScoredRows {
  const { predictions, labels, scores, classScores, entities } = rows;
  return {
    task,
    predictions,
    labels,
    ...(scores === undefined ? {} : { scores }),
    ...(classScores === undefined
      ? {}
      : { classScores: new Map(classScores.map(({ name, scores: given }) => [name, given] as const)) }),
    ...(entities === undefined ? {} : { entities }),
  };
}
