import type { ChainedEntry, ChainHead } from "../core/audit/audit-entry.ts";

/** A record of the audit trail, as it stands in the table. */
export type RecordRow = ChainedEntry;

/** Which records are meant; what is undefined is not asked. */
export interface RecordFilter {
  readonly model?: { readonly id: string; readonly name: string } | undefined;
  readonly actor?: string | undefined;
  readonly kind?: string | undefined;
  /** What they are about: the ids of runs, incidents, models. */
  readonly subjects?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  /** Not included. */
  readonly until?: Date | undefined;
}

export interface RecordReads {
  /**
   * Entries in order, from a sequence number on, as they stand in the table: a time that no record of Driftward can
   * have comes as an invalid Date, and a number out of range as the nearest in it, so that verifying finds both.
   */
  list(fromSeq: number, limit: number): Promise<readonly RecordRow[]>;
  /** Where the chain is said to stand, and the last entry there is. */
  head(): Promise<{ readonly head: ChainHead; readonly last: RecordRow | undefined }>;
  /** The newest `limit` of those before a sequence number that a filter lets through, newest first. */
  newest(filter: RecordFilter, limit: number, beforeSeq?: number): Promise<readonly RecordRow[]>;
  /** Those after a sequence number that a filter lets through, oldest first. */
  after(filter: RecordFilter, limit: number, afterSeq: number): Promise<readonly RecordRow[]>;
}
