import type { RunData } from "../core/run/run-data.ts";

/** Absolute paths of one attempt of a run. */
export interface AttemptPaths {
  /** The trainer's folder: it sees what is in here. */
  readonly folder: string;
  readonly training: string;
  readonly evaluation: string;
  readonly output: string;
  /** What each opaque id of the evaluation stands for; outside of the trainer's folder. */
  readonly key: string;
}

/** What a trainer left, taken out of its reach. */
export type Delivery =
  | { readonly result: string | undefined; readonly predictions: string; readonly sha256: string }
  | { readonly problem: string };

/** Where runs keep their files: what a trainer reads, what it wrote, and what it must not see. */
export interface RunFolders {
  paths(runId: string, n: number): AttemptPaths;
  /**
   * Makes the attempt's folder with its data at once and once: `fill` writes aside, and what is there is left alone.
   * Returns what `fill` said when it was made.
   */
  prepare(runId: string, n: number, fill: (paths: AttemptPaths) => Promise<RunData>): Promise<RunData>;
  /** What was prepared; undefined when nothing was. */
  prepared(runId: string, n: number): Promise<RunData | undefined>;
  /** Takes what the trainer wrote; later calls give the same, whatever happened to the trainer's folder since. */
  take(runId: string, n: number): Promise<Delivery>;
  /** Where a file that is handed out of an attempt is written; it goes when the run's files go. */
  handOut(runId: string, n: number, name: string): Promise<string>;
  /**
   * Removes the data and the trainer's files of all attempts of a run; what says what they were stays. False when
   * there was nothing to remove.
   */
  clear(runId: string): Promise<boolean>;
}
