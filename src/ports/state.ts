import type { Actor } from "../core/actor.ts";
import type { ApprovalReads, ApprovalWrites, TokenReads, TokenWrites } from "./state-access.ts";
import type { BaselineReads } from "./state-baselines.ts";
import type { BatchReads, BatchWrites } from "./state-batches.ts";
import type { IncidentReads, IncidentWrites } from "./state-incidents.ts";
import type { LiveBaselineReads, LiveBaselineWrites } from "./state-live-baselines.ts";
import type { NewTask, OpenTask, OutboxRelay } from "./state-outbox.ts";
import type { QuarantineReads, QuarantineWrites } from "./state-quarantines.ts";
import type { RecordReads } from "./state-records.ts";
import type {
  AliasChangeRow,
  BaselineRow,
  CalibrationRow,
  CheckResult,
  CheckRow,
  CountRow,
  DecisionRow,
  DigestRow,
  FindingRow,
  IncidentRow,
  IngestRow,
  LogFileRow,
  LogKey,
  ModelRow,
  NotificationRow,
  PolicyRefusalRow,
  PolicyRevisionRow,
  RuleOutcomeRow,
  ServingChallenger,
  ServingVersion,
  SilenceRow,
  VersionRow,
} from "./state-rows.ts";
import type { GateResultRow, HookCallRow, RunAttemptRow, RunRow } from "./state-run-rows.ts";
import type { WatchReads, WatchWrites } from "./state-watches.ts";

/** State in PostgreSQL: its rows are in state-rows.ts; here is what can be asked of it and done to it. */
export type * from "./state-access.ts";
export type * from "./state-baselines.ts";
export type * from "./state-live-baselines.ts";
export type * from "./state-outbox.ts";
export type * from "./state-records.ts";
export type * from "./state-rows.ts";
export type * from "./state-run-rows.ts";
export type * from "./state-watches.ts";

/** One entry of the audit trail. `payload` is written as canonical JSON. */
export interface NewRecord {
  readonly actor: Actor;
  readonly at: Date;
  readonly kind: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A compare-and-set of a run, an incident or a watch: it takes effect only from this state and epoch. */
export interface Transition<Row extends { readonly state: string }> {
  readonly id: string;
  readonly from: Row["state"];
  readonly epoch: number;
  readonly to: Row["state"];
  readonly set?: Partial<Omit<Row, "id" | "state" | "epoch" | "number">>;
}

/** What can be asked, inside and outside of a transaction. */
export interface StateReads {
  readonly models: {
    list(): Promise<readonly ModelRow[]>;
    find(name: string): Promise<ModelRow | undefined>;
    get(id: string): Promise<ModelRow>;
  };
  readonly policies: {
    get(revisionId: string): Promise<PolicyRevisionRow>;
    latest(modelId: string): Promise<PolicyRevisionRow | undefined>;
    /** Revisions in force that were read from a file of this path. */
    inForceFrom(path: string): Promise<readonly PolicyRevisionRow[]>;
    /** Newest first. */
    refusals(modelId: string): Promise<readonly PolicyRefusalRow[]>;
  };
  readonly versions: {
    list(modelId: string): Promise<readonly VersionRow[]>;
    find(modelId: string, name: string): Promise<VersionRow | undefined>;
    /** By the model's name, in one statement; undefined when it has no champion. */
    serving(
      model: string,
    ): Promise<
      { readonly epoch: number; readonly champion: ServingVersion; readonly challenger?: ServingChallenger } | undefined
    >;
    get(id: string): Promise<VersionRow>;
  };
  readonly baselines: BaselineReads;
  readonly liveBaselines: LiveBaselineReads;
  readonly aliases: {
    /** All changes of an alias, oldest first. */
    history(modelId: string, alias: string): Promise<readonly AliasChangeRow[]>;
    /** The change in force at an instant. */
    at(modelId: string, alias: string, at: Date): Promise<AliasChangeRow | undefined>;
  };
  readonly log: {
    findIngest(modelId: string, digest: string): Promise<IngestRow | undefined>;
    /** Files of a kind whose rows may lie in [from, to), known by `asOfSeq`, in order of seq. */
    files(
      modelId: string,
      kind: "predictions" | "labels" | "shadow",
      range: { readonly from?: Date; readonly to?: Date; readonly asOfSeq?: number },
    ): Promise<readonly LogFileRow[]>;
    getFile(id: string): Promise<LogFileRow>;
    /** When files became known, and quarantines began and were lifted, in order of seq. */
    arrivals(modelId: string): Promise<readonly { readonly seq: number; readonly at: Date }[]>;
    /** The digests that are known for these keys, by the key in hex. */
    knownKeys(
      modelId: string,
      kind: "predictions" | "labels" | "shadow",
      keys: readonly Uint8Array[],
    ): Promise<ReadonlyMap<string, Uint8Array>>;
  };
  readonly counts: {
    /** Which of these files have been counted with this baseline; by a column: which have a row of that segment. */
    countedFiles(baselineId: string, logFileIds: readonly string[], column?: string): Promise<ReadonlySet<string>>;
    /** Counts of hours in [from, to) of these files and this segment: those with all edges where there are both. */
    read(
      baselineId: string,
      logFileIds: readonly string[],
      range: { readonly from: Date; readonly to: Date; readonly segment: string },
    ): Promise<readonly CountRow[]>;
    segments(baselineId: string, logFileIds: readonly string[]): Promise<readonly string[]>;
  };
  readonly calibrations: { find(digest: string): Promise<CalibrationRow | undefined> };
  readonly checks: {
    get(id: string): Promise<CheckRow>;
    /** Scheduled checks after a slot, in slot order. */
    after(modelId: string, slot: Date | undefined, limit: number): Promise<readonly CheckRow[]>;
    recent(modelId: string, limit: number): Promise<readonly CheckRow[]>;
    findings(checkId: string): Promise<readonly FindingRow[]>;
    ruleOutcomes(checkId: string): Promise<readonly RuleOutcomeRow[]>;
    ruleState(modelId: string, rule: string, segment: string): Promise<unknown>;
  };
  readonly incidents: IncidentReads;
  readonly silences: {
    get(id: string): Promise<SilenceRow>;
    findByNumber(number: number): Promise<SilenceRow | undefined>;
    /** Those that end after an instant, of one model or of all, in order of their numbers. */
    endingAfter(at: Date, modelId?: string): Promise<readonly SilenceRow[]>;
  };
  readonly quarantines: QuarantineReads;
  readonly batches: BatchReads;
  readonly decisions: {
    ofCheck(checkId: string): Promise<readonly DecisionRow[]>;
    get(id: string): Promise<DecisionRow>;
  };
  readonly notifications: {
    get(id: string): Promise<NotificationRow>;
    ofSubject(subjectId: string): Promise<readonly NotificationRow[]>;
    /** Those that a digest gathers or has told, oldest first. */
    ofDigest(digestId: string): Promise<readonly NotificationRow[]>;
    /** Those after an instant of all incidents of one rule and segment: of the model, or of the source that they share. */
    ofRule(
      of: Pick<IncidentRow, "modelId" | "rule" | "segment" | "sourceKey">,
      after: Date,
    ): Promise<readonly Pick<NotificationRow, "recipient" | "state" | "createdAt">[]>;
  };
  readonly runs: {
    get(id: string): Promise<RunRow>;
    findByNumber(number: number): Promise<RunRow | undefined>;
    active(modelId: string): Promise<RunRow | undefined>;
    /** Newest first. */
    recent(modelId: string, limit: number): Promise<readonly RunRow[]>;
    /** Those before a number whose candidates the gates were asked about, newest first. */
    judgedBefore(modelId: string, number: number, limit: number): Promise<readonly RunRow[]>;
    attempts(runId: string): Promise<readonly RunAttemptRow[]>;
    gates(runId: string): Promise<readonly GateResultRow[]>;
    /** Tries of its hooks, in the order they were made. */
    hookCalls(runId: string): Promise<readonly HookCallRow[]>;
  };
  readonly approvals: ApprovalReads;
  readonly tokens: TokenReads;
  readonly watches: WatchReads;
  readonly records: RecordReads;
  readonly outbox: {
    /** Tasks not done whose business time has come. */
    openCount(now: Date): Promise<number>;
    open(limit: number): Promise<readonly OpenTask[]>;
  };
  readonly instance: { id(): Promise<string> };
}

/** What can be changed, inside a transaction only. Inserts that find their unique key taken return false. */
export interface StateWrites {
  readonly models: {
    /** Makes the model when it is new; locks its row until the transaction ends and returns it. */
    ensure(name: string, id: string, at: Date): Promise<ModelRow>;
    /** Locks the model's row until the transaction ends and returns it. First in the lock order. */
    lock(id: string): Promise<ModelRow>;
    update(id: string, set: Partial<Omit<ModelRow, "id" | "name" | "createdAt">>): Promise<void>;
  };
  readonly policies: {
    insert(row: PolicyRevisionRow): Promise<void>;
    insertRefusal(row: PolicyRefusalRow): Promise<void>;
    /** Lets one refusal of a model stand, or none, and clears the others. Returns how many that changed. */
    settleRefusals(modelId: string, standing: string | undefined, at: Date): Promise<number>;
  };
  readonly versions: { insert(row: VersionRow): Promise<boolean> };
  readonly baselines: { insert(row: BaselineRow): Promise<void> };
  readonly liveBaselines: LiveBaselineWrites;
  readonly aliases: { insert(row: AliasChangeRow): Promise<void> };
  readonly log: {
    insertIngest(row: IngestRow): Promise<boolean>;
    insertFile(row: LogFileRow): Promise<void>;
    /** Returns how many of the keys were new. */
    insertKeys(modelId: string, kind: "predictions" | "labels" | "shadow", keys: readonly LogKey[]): Promise<number>;
  };
  readonly counts: { insert(rows: readonly CountRow[]): Promise<void> };
  readonly calibrations: { insert(row: CalibrationRow): Promise<boolean> };
  readonly checks: {
    /** False when the slot is planned already. */
    insert(row: CheckRow): Promise<boolean>;
    /** False when the check was not in state planned. */
    finish(id: string, result: CheckResult): Promise<boolean>;
    insertFindings(rows: readonly FindingRow[]): Promise<void>;
    insertRuleOutcomes(rows: readonly RuleOutcomeRow[]): Promise<void>;
    saveRuleState(modelId: string, rule: string, segment: string, body: unknown): Promise<void>;
  };
  readonly incidents: IncidentWrites;
  readonly silences: {
    /** The number is given by the database and returned. */
    insert(row: Omit<SilenceRow, "number">): Promise<SilenceRow>;
    /** Lets a silence end now. False when it has ended. */
    endAt(id: string, at: Date): Promise<boolean>;
  };
  readonly quarantines: QuarantineWrites;
  readonly batches: BatchWrites;
  readonly decisions: { insert(row: DecisionRow): Promise<boolean> };
  readonly notifications: {
    insert(row: NotificationRow): Promise<boolean>;
    /** False when it was not queued. */
    markSent(id: string, at: Date): Promise<boolean>;
    /** Says of one that is queued that it will not be sent, and why. */
    markFailed(id: string, reason: string): Promise<boolean>;
    /** Says what became of those that a digest gathered: all of them, or one. */
    endGathered(
      digestId: string,
      set: Pick<NotificationRow, "state" | "sentAt" | "reason">,
      only?: string,
    ): Promise<void>;
  };
  readonly digests: {
    /** The digest of a recipient and an instant, made where there is none; locked until the transaction ends. */
    ensure(row: Pick<DigestRow, "id" | "recipient" | "dueAt">): Promise<DigestRow>;
    /** Locks the digest until the transaction ends and returns it. */
    lock(id: string): Promise<DigestRow>;
    close(id: string, at: Date): Promise<void>;
  };
  readonly runs: {
    /** Undefined when the model has an active run, or the decision has a run. */
    insert(row: Omit<RunRow, "number">): Promise<RunRow | undefined>;
    lock(id: string): Promise<RunRow>;
    transition(change: Transition<RunRow>): Promise<boolean>;
    insertAttempt(row: RunAttemptRow): Promise<boolean>;
    /** How many attempts of other runs are going; nobody else is told a number until this transaction ends. */
    countOthersGoing(runId: string): Promise<number>;
    finishAttempt(
      runId: string,
      n: number,
      set: Pick<RunAttemptRow, "state" | "finishedAt" | "exitCode" | "message">,
    ): Promise<boolean>;
    insertGates(rows: readonly GateResultRow[]): Promise<void>;
    /** A try that is there already stays as it is. */
    insertHookCall(row: HookCallRow): Promise<void>;
    /** False when its end is known already. */
    finishHookCall(
      of: Pick<HookCallRow, "runId" | "hook" | "act" | "n">,
      end: Pick<HookCallRow, "state" | "finishedAt" | "message">,
    ): Promise<boolean>;
  };
  readonly approvals: ApprovalWrites;
  readonly tokens: TokenWrites;
  readonly watches: WatchWrites;
  /** Appends to the audit trail: hash = sha256 over the previous hash and the entry. Last in the lock order. */
  readonly records: { append(record: NewRecord): Promise<void> };
  readonly outbox: {
    /** Adds tasks and notifies the relay at commit; a key that is there already changes nothing. */
    add(tasks: readonly NewTask[]): Promise<void>;
    /** Closes a task in the transaction of its effect. False when it was closed before: the effect must not be repeated. */
    done(taskId: string): Promise<boolean>;
  };
}

export type StateTransaction = StateReads & StateWrites;

export interface State extends StateReads {
  /** One transaction, read committed; rolled back when `work` throws. Serialization and deadlock errors are retried. */
  transaction<Result>(work: (tx: StateTransaction) => Promise<Result>): Promise<Result>;
  readonly relay: OutboxRelay;
  close(): Promise<void>;
}
