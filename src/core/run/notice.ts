import type { EstimateFacts } from "../policy/facts.ts";

/** One gate as a mail shows it. */
export interface NoticeGate {
  readonly gate: string;
  readonly outcome: "pass" | "fail" | "inconclusive";
  /** Why, with the numbers filled in. */
  readonly reason: string;
  /** How likely candidates of known truth would have passed, 0 to 1. */
  readonly chances?: { readonly equal: number; readonly better: number };
}

/** One slice of the holdout as a mail shows it. */
export interface NoticeSlice {
  readonly segment: string;
  readonly rows: number;
  readonly metrics: readonly NoticeMetric[];
}

/** An estimate with the number of rows it rests on. */
type CountedFacts = EstimateFacts & { readonly n?: number };

/** One metric of both versions on the same rows. */
export interface NoticeMetric {
  readonly metric: string;
  readonly champion: CountedFacts | undefined;
  readonly candidate: CountedFacts | undefined;
  readonly difference: CountedFacts | undefined;
}

/** What a mail about a run is rendered from, kept with the notification. Times are ISO 8601 in UTC. */
export interface RunNotice {
  readonly about: "run";
  /** `approval`: every gate passed, and a person has to say yes or no; the others are ends. */
  readonly kind: "promoted" | "rejected" | "failed" | "cancelled" | "approval";
  readonly model: string;
  readonly run: number;
  /** Number of the incident that asked for it, where one did. */
  readonly incident: number | undefined;
  readonly reason: string;
  /** The revision that the run is of, and the place of the rule that asked for it where one did. */
  readonly policy?: {
    readonly path: string;
    readonly commit: string | undefined;
    readonly revision: number;
    readonly place: string | undefined;
  };
  readonly trainer: string;
  readonly champion: string;
  readonly candidate: string | undefined;
  readonly trainingRows: number | undefined;
  readonly evaluationRows: number | undefined;
  readonly evaluatedFrom: string | undefined;
  readonly evaluatedTo: string | undefined;
  readonly metrics: readonly NoticeMetric[];
  /** Chance that an interval of the metrics misses; 5 % when absent. */
  readonly errorRate?: number;
  readonly gates: readonly NoticeGate[];
  /** Every slice that was judged; absent where the policy names none. */
  readonly slices?: readonly NoticeSlice[];
  /**
   * The end of the log of a trainer that failed, without secrets; why it is not shown, where it is not: a log may hold
   * values of features that the policy names sensitive.
   */
  readonly log?: { readonly lines: readonly string[] } | { readonly withheld: string };
  /** One sentence: how it ended and why, or what it waits for. */
  readonly outcome: string;
}
