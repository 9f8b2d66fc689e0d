import type { Place } from "../errors.ts";
import type { MetricName } from "../metrics/metric-names.ts";
import type { BatchSchedule, TimedSchedule } from "../schedule/schedule.ts";
import type { Rate } from "../units.ts";
import type { Severity } from "../verdict.ts";
import type { RowsOfModel } from "./model-of-row.ts";
import type { PolicyParameter } from "./trainer-parameters.ts";

/** One action of a rule. */
export type Action = "notify" | "retrain";

export type DriftTest = "psi" | "ks" | "chi_square";

/** A calendar that a baseline is matched on; hours and weekdays are those of UTC. */
export type Calendar = "hour" | "weekday";

/** A condition of a rule or a gate: CEL text and where it stands. */
export interface Condition {
  readonly source: string;
  readonly place: Place;
}

export interface Rule {
  readonly name: string;
  readonly when: Condition;
  readonly forMs: number;
  readonly severity: Severity;
  readonly do: readonly Action[];
  readonly place: Place;
  /** The column whose segments are asked apart; all rows together when absent. */
  readonly per?: { readonly column: string; readonly place: Place };
}

/** A planned span of time in which incidents are recorded and nobody is told: once, or again and again. */
export type Maintenance = PlannedMaintenance | RecurringMaintenance;

export interface PlannedMaintenance {
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
}

/** By the clock and the calendar of a zone. */
export interface RecurringMaintenance {
  /** Days on which it begins; 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Of the day; an end that is not after the beginning is one of the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly timezone: string;
  readonly reason: string;
}

/** A time of every day, by the clock of a zone. */
export interface DigestTime {
  readonly hour: number;
  readonly minute: number;
  readonly timezone: string;
}

/** Something of driftward.yaml, and where a policy names it. */
export interface NamedPlace {
  readonly name: string;
  readonly place: Place;
}

/** A policy as the rest of Driftward uses it: every default filled in, every unit parsed. */
export interface Policy {
  readonly model: string;
  readonly owners: readonly string[];
  readonly data: {
    /** Where predictions are taken from beside what is ingested: files of a pattern, or a program of the operator. */
    readonly predictions?: ({ readonly files: string } | { readonly source: string }) & { readonly place: Place };
    /** Which rows of what comes under the parent's name are this model's; absent without `for_each`. */
    readonly only?: RowsOfModel;
    /** Where the model's names differ: contract name to column name. */
    readonly columns: Readonly<Record<string, string>>;
    readonly settleMs: number;
    readonly labels: {
      readonly matureMs: number;
      readonly minComplete: number;
      readonly absentMeans?: number | string;
    };
    readonly segments: readonly string[];
    readonly sensitive: readonly string[];
  };
  /** Calendars of which the baseline takes the window's mix before the two are compared; none: it is taken whole. */
  readonly baseline: {
    readonly match: readonly Calendar[];
    readonly from?: "training" | "holdout" | "live";
    /** With `live`: how long rows are gathered. */
    readonly spanMs?: number;
  };
  /** `graceMs` beside cron: how long beyond one window a model may stay without predictions. */
  readonly schedule: (TimedSchedule & { readonly graceMs?: number }) | BatchSchedule;
  readonly window: { readonly spanMs: number; readonly minRows: number };
  readonly drift: {
    readonly alarmBudget: Rate;
    readonly features: {
      readonly watch: readonly string[];
      readonly observe: readonly string[];
      readonly exclude: readonly string[];
    };
    readonly tests: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
    readonly floor: number;
  };
  readonly quality: { readonly missingRise: number };
  readonly performance: { readonly metrics: readonly MetricName[]; readonly windowMs: number };
  readonly rules: readonly Rule[];
  readonly retrain?: {
    readonly trainer: string;
    readonly trainerPlace?: Place;
    /** Parameters of the trainer that the policy sets; none when absent. */
    readonly with?: readonly PolicyParameter[];
    readonly cooldownMs: number;
    readonly budget: Rate;
    readonly minNewLabels: number;
    readonly timeoutMs: number;
    /** Planned spans of time in which no run starts; none when absent. */
    readonly freeze?: readonly Maintenance[];
  };
  readonly evaluate: {
    readonly gates: readonly Condition[];
    /** Segment columns whose every segment is measured by itself. */
    readonly slices: readonly string[];
    /** Rows of the holdout that a slice needs. */
    readonly minSliceRows: number;
  };
  readonly promote: {
    readonly approval: "none" | "required" | "four_eyes";
    /** How long a candidate waits for approval, in ms. */
    readonly approvalExpiresMs: number;
    /** Hooks of driftward.yaml that deploy the candidate before it is champion, in this order; none when absent. */
    readonly hooks?: readonly string[];
    readonly hooksPlace?: Place;
    /** How long the candidate is tried in shadow first, in ms; not at all when absent. */
    readonly shadowMs?: number;
    /** Whether the challenger has to predict its run's evaluation rows in shadow; those it does are compared anyway. */
    readonly evaluationRowsRequired?: boolean;
    /** What takes a promoted version back within so many ms; nothing does when absent. */
    readonly rollback?: { readonly when: Condition; readonly withinMs: number };
  };
  /** Planned spans [from, to) in which nobody is told of incidents; none when absent. */
  readonly maintenance?: readonly Maintenance[];
  /** Severity to recipients; `mail: owners` is resolved to the owners' addresses, `webhook: pager` is `webhook:pager`. */
  readonly notify: Readonly<Record<Severity, readonly string[]>> & {
    /** How long after an incident was spoken of it is spoken of again, while it goes on. */
    readonly repeatMs: number;
    /** Where webhooks are named; absent where none is. */
    readonly webhookPlaces?: readonly NamedPlace[];
    /** When warnings that were gathered are mailed, once a day; each at once when absent. */
    readonly digest?: DigestTime;
    /** Who is told when nobody has acknowledged an incident so long after it opened; nobody when absent. */
    readonly escalate?: { readonly afterMs: number; readonly to: readonly string[] };
  };
}
