import type { WatchState } from "../core/run/watch.ts";
import type { Transition } from "./state.ts";

/** How a promoted version is held to its promise, from its promotion to the end of the guard's time. */
export interface WatchRow {
  readonly id: string;
  readonly modelId: string;
  readonly runId: string | undefined;
  readonly versionId: string;
  readonly baselineId: string;
  /** The model's `championEpoch` after the promotion that is watched. */
  readonly championEpoch: number;
  readonly state: WatchState;
  readonly epoch: number;
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** Checks that found the promise kept. */
  readonly judged: number;
  /** One sentence: how it ended, or, while it is open, why the promise is broken and nothing can serve instead. */
  readonly outcome: string | undefined;
  readonly finishedAt: Date | undefined;
}

/** A version that is not promoted again until a person lifts it. */
export interface VersionBlockRow {
  readonly id: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly reason: string;
  readonly blockedBy: string;
  readonly blockedAt: Date;
  readonly liftedBy: string | undefined;
  readonly liftReason: string | undefined;
  readonly liftedAt: Date | undefined;
}

/** Watches over promoted versions, and the versions that must not be promoted. */
export interface WatchReads {
  get(id: string): Promise<WatchRow>;
  /** The one that can still be judged. */
  open(modelId: string): Promise<WatchRow | undefined>;
  /** Newest promotion first. */
  recent(modelId: string, limit: number): Promise<readonly WatchRow[]>;
  /** Versions that must not be promoted now. */
  blocks(modelId: string): Promise<readonly VersionBlockRow[]>;
}

export interface WatchWrites {
  insert(row: WatchRow): Promise<void>;
  transition(change: Transition<WatchRow>): Promise<boolean>;
  /** A version that is blocked already stays so. */
  block(row: VersionBlockRow): Promise<void>;
  /** False when the version is not blocked. */
  lift(versionId: string, set: Pick<VersionBlockRow, "liftedBy" | "liftReason" | "liftedAt">): Promise<boolean>;
}
