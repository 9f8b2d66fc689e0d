import type { Window } from "../core/window.ts";
import type { DataFiles } from "./count-engine.ts";

/** Rows that a version served, to be written as a baseline's file. */
export interface ServedRowsRequest {
  readonly predictions: DataFiles;
  readonly labels: DataFiles;
  readonly from: Date;
  readonly to: Date;
  readonly modelVersion: string;
  /** Spans of time whose rows are left out. */
  readonly except: readonly Window[];
  readonly labelledBefore: Date;
  readonly path: string;
}
