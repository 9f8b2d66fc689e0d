/** A row as its format gives it: text, numbers, bigints, booleans, Dates, undefined or null where nothing is. */
export interface RawRow {
  /** Where it begins, counted from 1: a line of a text file, a row of the others. */
  readonly line: number;
  /** In the order of the batch's columns. */
  readonly values: readonly unknown[];
  /** Why the row could not be taken apart; `values` are empty then. */
  readonly problem?: string;
}

export interface RawBatch {
  /** The columns of these rows: all of the file's, or (where rows name their own columns) those that occur here. */
  readonly columns: readonly string[];
  readonly rows: readonly RawRow[];
}

/**
 * Rows of one file or of one call, readable more than once.
 *
 * Errors of reading are InvalidData with the place: nothing is guessed about a file that is not what it says.
 */
export interface RowSource {
  /** How messages and records call it: a path, or what the caller named. */
  readonly name: string;
  /** What `line` counts. */
  readonly unit: "line" | "row";
  /** Whether the format has no types, so that numbers come as text (CSV). */
  readonly textual: boolean;
  /** Sha256 of the bytes, in hex. */
  digest(): Promise<string>;
  /** Rows in order, up to `size` a batch; the first batch carries the header even when there is no row. */
  batches(size: number): AsyncIterable<RawBatch>;
  /** Throws InvalidData when the file is no longer what it was when it was opened. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

export type FileFormat = "ndjson" | "csv" | "parquet";

export interface ReadOptions {
  /** By the file's ending when absent: .ndjson, .jsonl, .csv, .tsv, .parquet. */
  readonly format?: FileFormat;
  /** Of CSV; a comma when absent, a tab for .tsv. */
  readonly delimiter?: string;
}

export interface RowReader {
  /** @throws NotFound, InvalidData, InvalidInput (no format by this ending) */
  open(path: string, options?: ReadOptions): Promise<RowSource>;
  /** Rows that a program holds in memory; null, undefined and NaN are missing, Dates are times. */
  fromRows(rows: readonly object[], name?: string): RowSource;
}
