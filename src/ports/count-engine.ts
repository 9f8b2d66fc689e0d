import type { CodedRows } from "../core/drift/coded-rows.ts";
import type { ClassScores } from "../core/metrics/metric.ts";
import type { CategoricalBins, Counts, FeatureBins, Profile } from "../core/profile/bins.ts";
import type { LabelledHistory } from "../core/replay/labelled-history.ts";
import type { EvaluationMatch } from "../core/run/evaluation-match.ts";
import type { ShadowComparison } from "../core/run/shadow.ts";
import type { Window } from "../core/window.ts";
import type { ServedRowsRequest } from "./served-rows.ts";

/** Files of one table; globs are allowed where a person names them. */
export interface DataFiles {
  readonly paths: readonly string[];
  readonly format: "parquet" | "csv" | "ndjson";
}

export interface Column {
  readonly name: string;
  readonly type: "numeric" | "boolean" | "text" | "timestamp" | "other";
  /** Text that is numbers but for its commas: 0,5 or 1,234. */
  readonly commas?: true;
}

/** Which rows: all of the filters that are given. */
export interface RowFilter {
  /** Half-open range of the column `timestamp`. */
  readonly from?: Date;
  readonly to?: Date;
  readonly modelVersion?: string;
  /** Spans of the column `timestamp` whose rows are left out; a row without a time is in none. */
  readonly except?: readonly Window[];
  /** Rows with this value of a column, as `batches` tells it. */
  readonly batch?: BatchOfRows;
  /** Rows whose value of a column is this category. */
  readonly segment?: SegmentOfRows;
}

export interface BatchOfRows {
  readonly column: string;
  readonly value: string;
}

export interface SegmentOfRows {
  readonly column: string;
  readonly value: string;
}

/** A column of which only some values become segments; rows of others, or without one, are in none. */
export interface SegmentColumn {
  readonly name: string;
  readonly values: readonly string[];
}

/** What to profile, and as what. */
export interface FeatureRequest {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
}

export interface CountGroup {
  /** Start of the hour (UTC); absent when not grouped by hour. */
  readonly hour?: Date;
  /** `column=value`, or '' for the whole. */
  readonly segment: string;
  readonly counts: Counts;
}

/** Predictions joined with their labels, in order of time, then id; one entry a row in every field. */
export interface LabelledRows {
  readonly predictionIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly timestamps: Float64Array;
  readonly predictions: readonly (number | string)[];
  /** Column `score`; there when every row has one. */
  readonly scores?: Float64Array;
  /** Columns `score_<class>` that are given, by class; there when every row has all of them. */
  readonly classScores?: readonly ClassScores[];
  readonly labels: readonly (number | string)[];
  /** There when any row has one; a row without is an entity of its own. */
  readonly entities?: readonly string[];
  /** Mature predictions in the window, labelled or not: labels are complete when this equals the labels' number. */
  readonly predicted: number;
}

/** Rows of one file that share a value of a column. */
export interface BatchInFile {
  /** Place in the list of files. */
  readonly file: number;
  /** Never empty; a whole number has no decimals. */
  readonly batch: string;
  readonly rows: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface CountRequest {
  readonly files: DataFiles;
  readonly bins: readonly FeatureBins[];
  readonly filter?: RowFilter;
  readonly byHour?: boolean;
  /** Columns whose values become segments, beside the whole: all of them, or those that are named. */
  readonly segments?: readonly (string | SegmentColumn)[];
}

/** Counts of one hour and segment as bytes. */
export interface EncodedCountGroup {
  readonly hour: Date;
  readonly segment: string;
  readonly counts: Uint8Array;
}

/**
 * Reads rows and gives back counts. Runs apart from the orchestrator, with limits of memory and time, locked down to
 * the folders it was opened with. Names of columns are data: quoted by one function, never spliced.
 *
 * Errors: InvalidData (a file or column that cannot be read, says which), EngineFailed (it died or hit a limit).
 */
export interface CountEngine {
  describe(files: DataFiles): Promise<{ readonly columns: readonly Column[]; readonly rows: number }>;
  /** Fits bins on the rows and counts them: numeric edges are at most `edges` quantiles, or all distinct values. */
  profile(request: {
    readonly files: DataFiles;
    readonly features: readonly FeatureRequest[];
    readonly edges?: number;
    readonly filter?: RowFilter;
  }): Promise<Profile>;
  /**
   * One pass over the rows for all features; a feature whose column is absent counts every row as missing.
   *
   * The same values give the same counts in every format. Empty text is missing; in a numeric feature, true and false
   * are 1 and 0, and other text that is no number is invalid; as categories, `True` is `true` and `3.0` is `3`.
   * By hour, groups come in order of time; the whole of each first. No files: no rows.
   */
  count(request: CountRequest): Promise<readonly CountGroup[]>;
  /** The same by hour, as `encodeCounts` writes it: for those who keep counts and do not look at them. */
  countEncoded(request: Omit<CountRequest, "byHour">): Promise<readonly EncodedCountGroup[]>;
  /**
   * Counts of so many consecutive parts of about equal rows, in the order in which the rows stand in the files; fewer
   * where there are fewer rows than parts.
   */
  countInOrder(request: {
    readonly files: DataFiles;
    readonly bins: readonly FeatureBins[];
    readonly parts: number;
  }): Promise<readonly Counts[]>;
  /**
   * Some rows, spread evenly over the files by their position (all, where there are no more), each value as the number
   * of its bin; the same rows at every call. A column that is absent, or a value of the wrong type, is missing. Times are
   * of the column `timestamp`, where there is one.
   */
  sample(request: {
    readonly files: DataFiles;
    readonly bins: readonly FeatureBins[];
    readonly rows: number;
    readonly filter?: RowFilter;
  }): Promise<CodedRows>;
  /** The most frequent values of a column that are none of the bins' categories, with their rows; ties by value. */
  unseenValues(request: {
    readonly files: DataFiles;
    readonly bins: CategoricalBins;
    readonly limit: number;
    readonly filter?: RowFilter;
  }): Promise<readonly { readonly value: string; readonly rows: number }[]>;
  /**
   * Two files in one call: the baseline's `profile`, the live rows' `count` over it and, if asked, the exact two-sample
   * D of every numeric feature with values on both sides. Files that fit in memory are read once.
   */
  compareSides(request: {
    readonly baseline: DataFiles;
    readonly live: DataFiles;
    readonly features: readonly FeatureRequest[];
    readonly edges: number;
    readonly exact: boolean;
    /** Of the baseline, with its own features; then its rows are read only for exact distances. */
    readonly profile?: Profile;
  }): Promise<{
    readonly profile: Profile;
    readonly counts: Counts;
    /** One for each feature; undefined where it has none. */
    readonly distances: readonly (number | undefined)[];
  }>;
  /**
   * Exact two-sample D of a numeric column, from rows; memory does not grow with the live rows. With `hourWeights` each row
   * of the baseline weighs as its hour of the week says: 168 weights, from Thursday 00:00 UTC (1970-01-01) on.
   */
  exactKolmogorovSmirnov(request: {
    readonly baseline: DataFiles;
    readonly live: DataFiles;
    readonly feature: string;
    readonly liveFilter?: RowFilter;
    readonly baselineFilter?: RowFilter;
    readonly hourWeights?: readonly number[];
  }): Promise<{ readonly statistic: number; readonly n: number; readonly m: number }>;
  /** Predictions with timestamps in [from, to) joined with their labels. */
  labelled(request: {
    readonly predictions: DataFiles;
    readonly labels: DataFiles;
    readonly from: Date;
    readonly to: Date;
    readonly modelVersion?: string;
    readonly except?: readonly Window[];
  }): Promise<LabelledRows>;
  /** Every prediction with a timestamp in [from, to), with its label if it has one, and the files of both. Parquet only. */
  labelledHistory(request: {
    readonly predictions: DataFiles;
    readonly labels: DataFiles;
    readonly from: Date;
    readonly to: Date;
  }): Promise<LabelledHistory>;
  /**
   * Writes the training and evaluation files of a run (Parquet): rows labelled and before `cut` for training; rows
   * in [cut, until) for evaluation without labels, shuffled by `seed`, under opaque ids. `key.parquet` keeps what
   * each opaque id stands for, with its label, and stays out of the trainer's sight.
   */
  writeRunData(request: {
    readonly predictions: DataFiles;
    readonly labels: DataFiles;
    readonly trainingFrom?: Date;
    readonly cut: Date;
    readonly until: Date;
    /** Spans of time whose rows go into none of the files. */
    readonly except?: readonly Window[];
    readonly seed: number;
    readonly trainingPath: string;
    readonly evaluationPath: string;
    readonly keyPath: string;
  }): Promise<{ readonly trainingRows: number; readonly evaluationRows: number }>;
  /**
   * Writes the rows that a version served as a baseline's file (Parquet): timestamp, prediction, the label of rows before
   * `labelledBefore`, entity_id, scores and features, by time.
   */
  writeServedRows(request: ServedRowsRequest): Promise<{ readonly rows: number }>;
  /**
   * Reads a trainer's predictions.parquet beside the key: candidate and champion on the same rows. The champion's side is
   * what it logged; for rows that another version served, what the trainer scored with it (`champion_prediction`,
   * `champion_score`, `champion_score_<class>`), and missing where it did not. What the trainer scored must be what the champion logged.
   */
  readEvaluation(request: {
    readonly keyPath: string;
    readonly predictionsPath: string;
    /** The file that the trainer learned from: its labels are the classes that it must know. */
    readonly trainingPath: string;
    /** The file that the trainer predicted from: its columns are what rows are divided by. */
    readonly inputsPath: string;
    /** Name of the champion; absent: nothing is its own. */
    readonly champion: string | undefined;
    /** Columns that rows are divided by. */
    readonly segments: readonly string[];
  }): Promise<{
    readonly candidate: LabelledRows;
    readonly champion: LabelledRows;
    /** By column, the segment of each row such as `country=NL`, in the order of both sides. */
    readonly segments: Readonly<Record<string, readonly string[]>>;
    /** Why the trainer's file cannot be used; absent when every row is there once. */
    readonly problem?: string;
  }>;
  /** What a champion and a challenger in shadow said of the same predictions, by their ids, in [from, to). */
  compareShadow(request: {
    readonly champion: { readonly files: DataFiles; readonly version: string };
    readonly challenger: { readonly files: DataFiles; readonly version: string };
    readonly from: Date;
    readonly to: Date;
  }): Promise<ShadowComparison>;
  /**
   * What a challenger logged of a run's evaluation rows, under `prefix` and their opaque ids or under the ids of their
   * predictions, held against its trainer's file: predictions, and scores where both have them.
   */
  matchEvaluation(request: {
    readonly keyPath: string;
    readonly predictionsPath: string;
    readonly prefix: string;
    readonly challenger: { readonly files: DataFiles; readonly version: string };
  }): Promise<EvaluationMatch>;
  /**
   * Writes a run's evaluation rows as a service is to predict them: prediction_id (`prefix` and the opaque id), timestamp,
   * model_version and features, no labels. Parquet, CSV or NDJSON by the ending of `path`.
   */
  writeEvaluationRows(request: {
    readonly keyPath: string;
    /** The file that the trainer predicted from. */
    readonly inputsPath: string;
    readonly prefix: string;
    readonly version: string;
    readonly path: string;
  }): Promise<void>;
  /** Small tables as rows, for reading back what was written (profiling data with labels, tests). */
  rows(request: {
    readonly files: DataFiles;
    readonly columns: readonly string[];
    readonly limit: number;
  }): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The values of a column file by file, with their rows and the times of these; a file without it has none. */
  batches(request: { readonly files: DataFiles; readonly column: string }): Promise<readonly BatchInFile[]>;
  close(): Promise<void>;
}

export type { ClassScores, EvaluationMatch, ShadowComparison };
