import type { LiveBaseline } from "../core/run/live-baseline.ts";
import type { Transition } from "./state.ts";

/** How a version gets a baseline of the rows that it served. One a version; its id is that of the baseline. */
export interface LiveBaselineRow extends LiveBaseline {
  readonly id: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly epoch: number;
  /** What was known when it was made, by when labels were mature or not, and by which policy: pinned before it is made. */
  readonly asOfSeq: number | undefined;
  readonly madeAt: Date | undefined;
  readonly policyRevisionId: string | undefined;
  /** Rows that were found. */
  readonly rowCount: number | undefined;
  /** Why the baseline before is kept. */
  readonly reason: string | undefined;
}

export interface LiveBaselineReads {
  ofVersion(versionId: string): Promise<LiveBaselineRow | undefined>;
  ofModel(modelId: string): Promise<readonly LiveBaselineRow[]>;
}

export interface LiveBaselineWrites {
  /** False when the version has one already. */
  insert(row: LiveBaselineRow): Promise<boolean>;
  transition(change: Transition<LiveBaselineRow>): Promise<boolean>;
}
