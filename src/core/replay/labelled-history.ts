import { type ClassScores, givenClassScores } from "../metrics/scored-rows.ts";
import { isWithin } from "../quarantine/quarantine.ts";
import type { Window } from "../window.ts";

/**
 * Predictions of a long time with the label that each got, in order of time, then id: one entry a row in every field.
 * Which file each side came with says from when on it was known.
 */
export interface LabelledHistory {
  readonly predictionIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly timestamps: Float64Array;
  readonly versions: readonly string[];
  readonly predictions: readonly (number | string | undefined)[];
  /** NaN where there is none. */
  readonly scores: Float64Array;
  /** Columns `score_<class>`, by class; NaN where there is none. */
  readonly classScores: readonly ClassScores[];
  readonly entities: readonly (string | undefined)[];
  readonly labels: readonly (number | string | undefined)[];
  /** Places in the lists of files that were asked for; -1 where there is no label. */
  readonly predictionFiles: Int32Array;
  readonly labelFiles: Int32Array;
}

/** Which rows: those of the time and the version, of files that are known. */
export interface HistoryPart {
  readonly from: number;
  readonly to: number;
  readonly version?: string;
  readonly predictionFile: (index: number) => boolean;
  readonly labelFile: (index: number) => boolean;
  /** Spans of time whose rows are left out. */
  readonly except?: readonly Window[];
}

/** As the engine's `labelled` would give them. */
export interface LabelledPart {
  readonly predictionIds: readonly string[];
  readonly timestamps: Float64Array;
  readonly predictions: readonly (number | string)[];
  readonly scores?: Float64Array;
  readonly classScores?: readonly ClassScores[];
  readonly labels: readonly (number | string)[];
  readonly entities?: readonly string[];
  readonly predicted: number;
}

/** Rows of a history, and the same as labelled rows: what joining only the known files would have given. O(rows). */
export function partOfHistory(history: LabelledHistory, part: HistoryPart): LabelledPart {
  const { except = [] } = part;
  const rows: number[] = [];
  let predicted = 0;
  for (let i = firstAt(history.timestamps, part.from); i < history.timestamps.length; i += 1) {
    if ((history.timestamps[i] as number) >= part.to) break;
    if (part.version !== undefined && history.versions[i] !== part.version) continue;
    if (!part.predictionFile(history.predictionFiles[i] as number)) continue;
    if (isWithin(except, history.timestamps[i] as number)) continue;
    predicted += 1;
    const label = history.labelFiles[i] as number;
    if (label >= 0 && history.predictions[i] !== undefined && part.labelFile(label)) rows.push(i);
  }
  const scores = Float64Array.from(rows, (i) => history.scores[i] as number);
  const classScores = classScoresOf(history, rows);
  const ids = rows.map((i) => history.predictionIds[i] as string);
  const known = rows.some((i) => history.entities[i] !== undefined);
  return {
    predictionIds: ids,
    timestamps: Float64Array.from(rows, (i) => history.timestamps[i] as number),
    predictions: rows.map((i) => history.predictions[i] as number | string),
    ...(scores.length > 0 && scores.every(Number.isFinite) ? { scores } : {}),
    ...(classScores === undefined ? {} : { classScores }),
    labels: rows.map((i) => history.labels[i] as number | string),
    ...(known ? { entities: rows.map((row, i) => history.entities[row] ?? `prediction ${ids[i]}`) } : {}),
    predicted,
  };
}

function classScoresOf(history: LabelledHistory, rows: readonly number[]): readonly ClassScores[] | undefined {
  return givenClassScores(
    history.classScores.map(({ name, scores }) => ({
      name,
      scores: Float64Array.from(rows, (i) => scores[i] as number),
    })),
  );
}

function firstAt(times: Float64Array, from: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
