import type { PolicyProblem } from "../core/policy/problem.ts";
import type { Severity, Verdict } from "../core/verdict.ts";

export type { CheckResult } from "./check-result.ts";
export type * from "./notification-rows.ts";
export type { QuarantineRow } from "./state-quarantines.ts";
/*
 * Rows of state, by noun: what the tables of adapters/postgres/migrations hold, in camel case: ids are
 * uuids, times are Dates, JSON columns come and go as parsed values of the core's types (declared as `unknown` here
 * where the core's schema parses them), `undefined` stands for SQL null, bigint columns are numbers (below 2^53).
 */

export interface ModelRow {
  readonly id: string;
  readonly name: string;
  readonly task: "binary" | "multiclass" | "regression" | undefined;
  readonly features: Readonly<Record<string, "numeric" | "categorical">>;
  readonly championVersion: string | undefined;
  readonly championBaseline: string | undefined;
  readonly championEpoch: number;
  readonly policyRevision: string | undefined;
  readonly logSeq: number;
  readonly nextSlot: Date | undefined;
  readonly decidedSlot: Date | undefined;
  readonly createdAt: Date;
}

export interface PolicyRevisionRow {
  readonly id: string;
  readonly modelId: string;
  readonly seq: number;
  readonly path: string;
  readonly gitCommit: string | undefined;
  /** Who wrote the commit, as `Name <address>`. */
  readonly author: string | undefined;
  readonly digest: string;
  readonly source: string;
  readonly appliedAt: Date;
}

/** A policy that was offered for a model and could not be put in force: the revision before it stays. */
export interface PolicyRefusalRow {
  readonly id: string;
  readonly modelId: string;
  readonly seq: number;
  readonly path: string;
  readonly gitCommit: string | undefined;
  readonly author: string | undefined;
  readonly digest: string;
  readonly problems: readonly PolicyProblem[];
  readonly refusedAt: Date;
  /** When a policy that can be used was found in its place. */
  readonly clearedAt: Date | undefined;
}

export interface VersionRow {
  readonly id: string;
  readonly modelId: string;
  readonly name: string;
  readonly artifact: string | undefined;
  readonly lineage: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** A challenger in shadow as a service asks for it, with the number of its run. */
export interface ServingChallenger extends ServingVersion {
  readonly run: number;
}

/** A version as a service asks for it. */
export interface ServingVersion {
  readonly version: string;
  readonly artifact: string | undefined;
}

export interface BaselineRow {
  readonly id: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly rowCount: number;
  readonly source: string;
  readonly profile: Uint8Array;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Of the file that it was made from; absent where a run made it. */
  readonly digest?: string | undefined;
  readonly createdAt: Date;
}

export interface AliasChangeRow {
  readonly modelId: string;
  readonly alias: string;
  readonly seq: number;
  readonly versionId: string;
  readonly baselineId: string | undefined;
  readonly at: Date;
  readonly reason: string;
  readonly runId: string | undefined;
}

export interface IngestRow {
  readonly id: string;
  readonly modelId: string;
  readonly digest: string;
  readonly kind: "predictions" | "labels" | "shadow";
  readonly source: string;
  readonly accepted: number;
  readonly known: number;
  readonly refused: number;
  readonly rejectFile: string | undefined;
  readonly at: Date;
}

export interface LogFileRow {
  readonly id: string;
  readonly modelId: string;
  readonly seq: number;
  readonly ingestId: string;
  readonly kind: "predictions" | "labels" | "shadow";
  /** ISO date of the day (UTC) that its rows are of. */
  readonly day: string;
  readonly path: string;
  readonly sha256: string;
  readonly rowCount: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface LogKey {
  /** First 16 bytes of the sha256 of the id. */
  readonly key: Uint8Array;
  /** First 8 bytes of the sha256 of the row's canonical content. */
  readonly digest: Uint8Array;
}

export interface CountRow {
  readonly baselineId: string;
  readonly logFileId: string;
  readonly hour: Date;
  readonly segment: string;
  /** `few` where features that raise no alarm were counted with few edges; their counts say which. */
  readonly edges: "all" | "few";
  readonly counts: Uint8Array;
}

/** Limits derived from a baseline for a policy, under the digest of all that they follow from. */
export interface CalibrationRow {
  readonly digest: string;
  readonly baselineId: string;
  readonly body: unknown;
  readonly createdAt: Date;
}

export interface CheckRow {
  readonly id: string;
  readonly modelId: string;
  readonly slotKey: string;
  readonly slotAt: Date;
  readonly windowStart: Date;
  readonly windowEnd: Date;
  readonly policyRevisionId: string;
  readonly versionId: string | undefined;
  readonly baselineId: string | undefined;
  readonly asOfSeq: number;
  readonly state: "planned" | "done" | "failed" | "missed";
  readonly verdict: Verdict | undefined;
  readonly reason: string | undefined;
  readonly rowCount: number | undefined;
  /** Hours of its window that were in quarantine, and hence not looked at. */
  readonly quarantined: number;
  readonly quality: unknown;
  readonly performance: unknown;
  /** What it saw of the segments that rules are asked of; none when absent. */
  readonly segments?: unknown;
  /** Which rows carry the drift, where that is known. */
  readonly explanation?: unknown;
  readonly createdAt: Date;
  readonly doneAt: Date | undefined;
}

export interface FindingRow {
  readonly checkId: string;
  readonly feature: string;
  readonly segment: string;
  readonly test: string;
  readonly body: unknown;
}

export interface RuleOutcomeRow {
  readonly checkId: string;
  readonly rule: string;
  readonly segment: string;
  readonly outcome: "holds" | "quiet" | "inconclusive";
  readonly severity: Severity;
  readonly body: unknown;
}

export interface IncidentRow {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly rule: string;
  readonly segment: string;
  readonly severity: Severity;
  readonly state: "firing" | "acknowledged" | "resolved";
  readonly epoch: number;
  readonly openedCheck: string;
  readonly lastCheck: string;
  readonly openedAt: Date;
  readonly resolvedAt: Date | undefined;
  readonly resolution: string | undefined;
  readonly acknowledgedAt: Date | undefined;
  readonly acknowledgedBy: string | undefined;
  /** The source whose models share it; those are its members. Absent where the incident is the model's alone. */
  readonly sourceKey?: string | undefined;
}

/** A model in an incident that models of one source share, from the check that joined it to the one that left it. */
export interface IncidentMemberRow {
  readonly incidentId: string;
  /** 1 is the model that opened it; who comes back is a member anew. */
  readonly n: number;
  readonly modelId: string;
  readonly joinedCheck: string;
  readonly joinedAt: Date;
  readonly leftCheck: string | undefined;
  readonly leftAt: Date | undefined;
  readonly resolution: string | undefined;
}

/** A member with its model's name. */
export interface IncidentMember extends IncidentMemberRow {
  readonly model: string;
}

/** A person's mute of a model's incidents, or of those of one rule or segment, in [startsAt, endsAt). */
export interface SilenceRow {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly rule: string | undefined;
  readonly segment: string | undefined;
  readonly reason: string;
  readonly createdBy: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface DecisionRow {
  readonly id: string;
  readonly checkId: string;
  readonly rule: string;
  readonly segment: string;
  readonly action: string;
  readonly incidentId: string | undefined;
  readonly outcome: "carried out" | "refused";
  readonly reason: string;
  readonly at: Date;
}
