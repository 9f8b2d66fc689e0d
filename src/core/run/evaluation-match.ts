/**
 * What a challenger logged in shadow for the evaluation rows of its run, held against the predictions that its trainer
 * wrote for them: the file that its gates were asked about.
 */
export interface EvaluationMatch {
  /** Evaluation rows of the run. */
  readonly rows: number;
  /** Of these, how many the challenger has logged. */
  readonly logged: number;
  /** Of these, how many differ from the file. */
  readonly differing: number;
  /** The one that differs most. */
  readonly worst?: DifferingRow;
}

export interface DifferingRow {
  /** The opaque id of the evaluation row, as it is handed out. */
  readonly id: string;
  /** Which column differs most, such as `score`. */
  readonly column: string;
  readonly filed: number | string | undefined;
  readonly logged: number | string | undefined;
}

/** How far a number that was logged may be from the file's: of its own size, or of the mean size of its column where that is more. */
export const matchTolerance = 1e-6;

/** So much of the evaluation rows a challenger must have logged, where a policy requires them. */
const leastLogged = 0.95;

/** What stands before the opaque id of an evaluation row in the prediction id that its challenger logs it under. */
export function evaluationIdPrefix(run: number): string {
  return `evaluation-${run}-`;
}

/**
 * Whether the service that serves the challenger is the one that was judged, as far as the evaluation rows can say: one
 * that differs is another artifact, or is given its features in another order.
 *
 * @param match     undefined where the run's files are gone
 * @param required  whether the rows have to be there; only looked at once the shadow is over
 * @returns why the challenger may not go on; undefined when it may
 */
export function judgeMatch(match: EvaluationMatch | undefined, required: boolean): string | undefined {
  if (match === undefined)
    return required ? "the run's evaluation rows are gone, and the policy requires them" : undefined;
  if (match.differing > 0) return `what serves is not the candidate that was judged: ${describeMatch(match)}`;
  if (!required || match.logged >= leastLogged * match.rows) return undefined;
  return `the challenger logged ${match.logged} of ${match.rows} evaluation rows, and ${leastLogged * 100} % are required`;
}

/** In one sentence that may leave in a mail: no value of a row is in it, and no id of the log. */
export function describeMatch({ rows, logged, differing, worst }: EvaluationMatch): string {
  if (logged === 0) return `none of ${rows} evaluation rows logged`;
  if (differing === 0) return `${logged} of ${rows} evaluation rows logged, all as in the candidate's file`;
  const most = worst === undefined ? "" : `; most differs ${worst.id} in ${worst.column}`;
  return `${differing} of ${logged} logged evaluation rows differ from the candidate's file${most}`;
}
