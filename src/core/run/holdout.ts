/** How the labelled rows of a run are cut in time. */
export interface Holdout {
  /** Rows before it train; rows in [cut, until) evaluate. */
  readonly cut: Date;
  readonly trainingRows: number;
  readonly evaluationRows: number;
}

/**
 * Cuts mature labelled rows in time: the youngest fifth evaluates, everything older trains.
 *
 * The cut is out of time and not at random, because a candidate will serve the future. An evaluation longer than
 * `longestMs` is shortened to it: rows that old say little of today, and train better. The cut falls on the instant
 * of a row, and rows of one instant stay on one side (the evaluation's).
 *
 * @param timestamps  ms since the epoch of the mature labelled rows, in any order
 * @param until       end of what is mature; rows at or after it are left out
 * @param share       of the rows that evaluate, in (0, 1)
 * @returns undefined when no cut leaves a row on both sides
 */
export function cutHoldout(
  timestamps: Float64Array,
  until: Date,
  { longestMs = Number.POSITIVE_INFINITY, share = 0.2 }: { readonly longestMs?: number; readonly share?: number } = {},
): Holdout | undefined {
  const times = timestamps.filter((time) => time < until.getTime()).sort();
  const youngest = times[times.length - 1];
  const byShare = times[times.length - Math.max(1, Math.round(times.length * share))];
  if (youngest === undefined || byShare === undefined) return undefined;
  // Counted back from the youngest row: labels that stopped coming must not leave the evaluation empty.
  const earliest = youngest - longestMs;
  const cut = Math.max(byShare, times.find((time) => time >= earliest) ?? youngest);
  const trainingRows = times.findIndex((time) => time >= cut);
  if (trainingRows === 0) return undefined;
  return { cut: new Date(cut), trainingRows, evaluationRows: times.length - trainingRows };
}
