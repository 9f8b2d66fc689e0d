import type { LogFileRow } from "./state.ts";

/** A prediction as the log keeps it: system columns checked, features typed. */
export interface LogPrediction {
  readonly predictionId: string;
  readonly timestamp: Date;
  readonly modelVersion: string;
  readonly prediction: number | string;
  readonly scores: Readonly<Record<string, number>>;
  readonly entityId: string | undefined;
  /** undefined is missing; the names of features whose value was not of their type are in `invalid`. */
  readonly features: Readonly<Record<string, number | string | undefined>>;
  readonly invalid: readonly string[];
}

export interface LogLabel {
  readonly predictionId: string;
  readonly label: number | string;
  readonly labelTimestamp: Date;
}

/** A Parquet file that is written and on disk, not yet in the log: it counts from the state's row on. */
export type WrittenFile = Pick<LogFileRow, "id" | "day" | "path" | "sha256" | "rowCount" | "firstAt" | "lastAt">;

/**
 * The prediction log's files: Parquet, one folder per model id and day, the hour a column.
 *
 * Predictions: prediction_id, timestamp (TIMESTAMP in UTC), model_version, prediction (DOUBLE or VARCHAR by the model's
 * task), score and score_<class> where given, entity_id, one column a feature (DOUBLE or VARCHAR), _hour (TIMESTAMP),
 * _invalid (VARCHAR: JSON array of names, or null). Labels: prediction_id, label, label_timestamp.
 */
export interface PredictionLog {
  /** Writes rows to new files, one a day; file ids come with the rows' ingest so that a repeat replaces its own. */
  writePredictions(
    modelId: string,
    rows: readonly LogPrediction[],
    features: Readonly<Record<string, "numeric" | "categorical">>,
  ): Promise<readonly WrittenFile[]>;
  writeLabels(modelId: string, rows: readonly LogLabel[]): Promise<readonly WrittenFile[]>;
  /** Absolute path of a file of the log. */
  locate(file: Pick<LogFileRow, "path">): string;
  /** Absolute path of the rows of a baseline (Parquet), kept so that exact statistics can be asked for later. */
  locateBaseline(baselineId: string): string;
  /** Removes written files that never came into the log. */
  discard(files: readonly Pick<LogFileRow, "path">[]): Promise<void>;
}
