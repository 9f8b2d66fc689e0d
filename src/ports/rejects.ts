/** A row that was refused: where it was, why, and the row as it came. */
export interface Reject {
  readonly line: number;
  readonly reason: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The refused rows of one ingest, as a file for people (NDJSON). */
export interface RejectWriter {
  add(rejects: readonly Reject[]): Promise<void>;
  /** Puts the file in its place; its absolute path, or undefined when nothing was refused. */
  finish(): Promise<string | undefined>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface Rejects {
  open(modelId: string, ingestId: string): RejectWriter;
}
