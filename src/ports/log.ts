import type { BaselineRecord, LogLabel, LogPrediction, RowSchema } from "../core/prediction/prediction.ts";
import type { LogFileRow } from "./state.ts";

export type { BaselineRecord, LogLabel, LogPrediction, RowSchema };

/** A Parquet file that is written and on disk, not yet in the log: it counts from the state's row on. */
export type WrittenFile = Pick<LogFileRow, "id" | "day" | "path" | "sha256" | "rowCount" | "firstAt" | "lastAt">;

/**
 * The prediction log's files: Parquet, one folder per model id, kind and day; each file written aside, synced and
 * renamed, so that a file which is there is whole.
 *
 * Predictions: prediction_id, timestamp (TIMESTAMP, UTC), model_version, prediction (DOUBLE or VARCHAR by the model's
 * kind), score and score_<class> where given (DOUBLE), entity_id, one column a feature (DOUBLE or VARCHAR), _hour
 * (TIMESTAMP), _invalid (VARCHAR: JSON array of names, or null). Labels: prediction_id, label, label_timestamp.
 * Baselines: timestamp, prediction, label, entity_id, scores and features as above, and _invalid.
 */
export interface PredictionLog {
  /** Writes rows to new files, one a day. */
  writePredictions(modelId: string, rows: readonly LogPrediction[], schema: RowSchema): Promise<readonly WrittenFile[]>;
  writeLabels(modelId: string, rows: readonly LogLabel[], schema: RowSchema): Promise<readonly WrittenFile[]>;
  /** Writes the rows of a baseline to one file that stays with it; the same id replaces its file. */
  writeBaseline(
    modelId: string,
    baselineId: string,
    rows: AsyncIterable<readonly BaselineRecord[]>,
    schema: RowSchema,
  ): Promise<{ readonly path: string; readonly sha256: string; readonly rowCount: number }>;
  /**
   * The same for rows that somebody else writes to the file at `path`; returns what `write` returns beside the file.
   * Until it is whole it is not there.
   */
  takeBaseline<Written>(
    modelId: string,
    baselineId: string,
    write: (path: string) => Promise<Written>,
  ): Promise<{ readonly path: string; readonly sha256: string; readonly written: Written }>;
  /** Path of a baseline's rows, relative like a file's. */
  baselinePath(modelId: string, baselineId: string): string;
  /** Absolute path of a file of the log. */
  locate(file: Pick<LogFileRow, "path">): string;
  /** Removes written files that never came into the log. */
  discard(files: readonly Pick<LogFileRow, "path">[]): Promise<void>;
  /** Files on disk that were last written more than so many ms of wall time ago, unfinished ones too. */
  settled(olderThanMs: number): Promise<readonly { readonly modelId: string; readonly path: string }[]>;
  close(): Promise<void>;
}
