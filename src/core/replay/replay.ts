import type { RuleOutcome } from "../drift/judge.ts";
import type { GuardAnswer } from "../run/watch.ts";
import type { Severity, Verdict } from "../verdict.ts";

/** One check of a replay, as the policy would have seen it. Features and metrics are kept by name only. */
export interface ReplayedCheck {
  readonly slot: Date;
  readonly windowStart: Date;
  readonly windowEnd: Date;
  readonly versionId: string | undefined;
  readonly baselineId: string | undefined;
  readonly asOfSeq: number;
  /** When it was decided, or would have been. */
  readonly decidedAt: Date;
  readonly rows: number;
  /** Hours of its window that were in quarantine. */
  readonly quarantined?: number;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly outcomes: readonly RuleOutcome[];
  readonly drifted: readonly string[];
  /** Segments, '' being the whole, whose drift limits rest on too little of the baseline. */
  readonly provisional: readonly string[];
  /** What the guard of a promotion says of the version judged; undefined where the policy has none. */
  readonly guard?: Pick<GuardAnswer, "guard" | "why">;
}

/** An incident that the policy would have opened. */
export interface ReplayedIncident {
  readonly rule: string;
  readonly segment: string;
  readonly severity: Severity;
  readonly openedAt: Date;
  /** Slot of the check that opened it. */
  readonly openedSlot: Date;
  readonly resolvedAt: Date | undefined;
  readonly resolution: string | undefined;
  readonly when: string;
  readonly place: string;
  /** Names of the condition with their values, as it opened. */
  readonly values: RuleOutcome["values"];
  /** It was open already when the time that was asked for began. */
  readonly before: boolean;
}

/** A retrain that a rule would have asked for, and the governor's answer. */
export interface ReplayedRun {
  readonly at: Date;
  readonly rule: string;
  readonly outcome: "started" | "refused";
  readonly reason: string;
  /** The run that really was started by this check, where one was. */
  readonly recorded: number | undefined;
}

/** A mail that would have been sent; the mail of a run is the one of its end. */
export interface ReplayedMail {
  readonly at: Date;
  readonly about: "incident" | "run";
  /** `digest`: one mail of all warnings that were gathered for it, of whatever rules; `rule` is the first. */
  readonly kind: "opened" | "repeated" | "resolved" | "ended" | "digest";
  readonly rule: string;
  readonly recipients: readonly string[];
}

/** A promotion as it was recorded: a replay trains nothing, so the champions stay what they were. */
export interface RecordedPromotion {
  readonly at: Date;
  readonly version: string;
  readonly versionId: string;
  readonly baselineId: string | undefined;
  /** The version served before as well: it only got another baseline. */
  readonly baselineOnly?: true;
  /** Number of the run that made it champion, where one did. */
  readonly run?: number;
}

/** A version that the policy's guard would have taken back. */
export interface ReplayedRollback {
  readonly at: Date;
  /** Slot of the check that found the promise broken. */
  readonly slot: Date;
  readonly version: string;
  /** The version that would serve again. */
  readonly to: string;
  /** The guard with its numbers. */
  readonly why: string;
  /** Whether it really was taken back next. */
  readonly recorded: boolean;
}

/** What a policy would have done from `from` to `to`. */
export interface Replay {
  readonly from: Date;
  readonly to: Date;
  readonly checks: readonly ReplayedCheck[];
  readonly incidents: readonly ReplayedIncident[];
  readonly runs: readonly ReplayedRun[];
  readonly mails: readonly ReplayedMail[];
  readonly promotions: readonly RecordedPromotion[];
  readonly rollbacks: readonly ReplayedRollback[];
}
