import type { Policy } from "../policy/policy.ts";
import type { ReplayDifference } from "./compare-replays.ts";
import type { PolicyChange } from "./policy-changes.ts";
import type { Replay } from "./replay.ts";
import type { Setting } from "./settings.ts";
import type { ReplaySummary } from "./summary.ts";

/** The time that is replayed. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** A policy with what it would have done, in full and in numbers. */
export interface ReplayedPolicy {
  readonly policy: Policy;
  readonly replay: Replay;
  readonly summary: ReplaySummary;
  /** False incidents that its alarm budget lets expect in the time replayed; undefined without a baseline to tell from. */
  readonly expectedFalse: number | undefined;
  /** What the replay could not know and took for granted. */
  readonly assumptions: readonly string[];
}

/** What both versions of a policy would have done. */
export interface PlannedEffect {
  readonly span: Span;
  /** Undefined where no policy was in force. */
  readonly before: ReplayedPolicy | undefined;
  readonly after: ReplayedPolicy;
  readonly differences: readonly ReplayDifference[];
}

/** What would follow for one model. */
export interface ModelPlan {
  readonly model: string;
  readonly path: string;
  /** `left`: its file is gone; the revision stays in force until another one replaces it. */
  readonly kind: "new" | "changed" | "unchanged" | "left";
  readonly inForce: { readonly path: string; readonly commit: string | undefined; readonly seq: number } | undefined;
  readonly changes: readonly PolicyChange[];
  /** Undefined where nothing changes, or nothing is recorded to replay. */
  readonly effect: PlannedEffect | undefined;
  /** Why there is no effect to show of a change. */
  readonly without: string | undefined;
}

/** One replay of a sweep: the policy with these values put in. */
export interface BacktestTrial extends ReplayedPolicy {
  readonly settings: readonly Setting[];
}

export interface Backtest {
  readonly model: string;
  readonly path: string;
  readonly span: Span;
  /** Whether all that is known today was used, instead of what was known then. */
  readonly hindsight: boolean;
  readonly trials: readonly BacktestTrial[];
}
