import type { BatchPart } from "../core/schedule/batch-slots.ts";
import type { LogFileRow } from "./state-rows.ts";

/** Rows of one batch in one file of the log; batch '' says that the file was looked at. */
export interface BatchPartRow extends BatchPart {
  readonly logFileId: string;
  readonly modelId: string;
  readonly columnName: string;
}

export interface BatchReads {
  /** In order of when they were seen; of those seen from an instant on. */
  parts(modelId: string, columnName: string, seenFrom?: Date): Promise<readonly BatchPartRow[]>;
  /** Files of predictions that were not looked at for this column, in order of seq, with when their ingest ended. */
  unseen(
    modelId: string,
    columnName: string,
    limit?: number,
  ): Promise<readonly (LogFileRow & { readonly arrivedAt: Date | undefined })[]>;
}

export interface BatchWrites {
  /** What is there stays. */
  insert(rows: readonly BatchPartRow[]): Promise<void>;
}
