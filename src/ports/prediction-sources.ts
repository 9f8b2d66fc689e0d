/** A file that a policy names, as it is now. */
export interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Where predictions come from beside `ingest`: the user's own files, and programs of the operator. */
export interface PredictionSources {
  /**
   * Files that match a pattern, in order of their paths, without those that were written to just now.
   *
   * @throws NotAllowed when one lies outside of the folders that the operator allows, also by way of a link
   */
  find(pattern: string): Promise<readonly FoundFile[]>;
  /**
   * Runs a program of the operator for the rows of a model with times in [from, to), and waits for its end.
   *
   * @returns the Parquet file that it wrote
   * @throws NotFound without such a program; SourceUnavailable when it failed, ran too long or wrote nothing
   */
  fetch(
    source: string,
    of: { readonly model: string; readonly from: Date; readonly to: Date },
    signal?: AbortSignal,
  ): Promise<{ readonly path: string; discard(): Promise<void> }>;
  /**
   * Removes what programs that ended longer ago left: what they wrote when nobody could take it in, and their logs.
   *
   * @param olderThanMs  wall time
   */
  clearLeft(olderThanMs: number): Promise<void>;
}
