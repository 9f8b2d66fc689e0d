import type { Actor } from "../core/actor.ts";
import type { RunState } from "../core/run/machine.ts";
import type { Severity, Verdict } from "../core/verdict.ts";
import type { TaskKind } from "./queue.ts";

export type { RunState };

/*
 * State in PostgreSQL, by noun. Rows are what the tables of adapters/postgres/migrations hold, in camel case: ids are
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
  readonly digest: string;
  readonly source: string;
  readonly appliedAt: Date;
}

export interface VersionRow {
  readonly id: string;
  readonly modelId: string;
  readonly name: string;
  readonly artifact: string | undefined;
  readonly lineage: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface BaselineRow {
  readonly id: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly rowCount: number;
  readonly source: string;
  readonly profile: Uint8Array;
  readonly metrics: Readonly<Record<string, unknown>>;
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
  readonly kind: "predictions" | "labels";
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
  readonly kind: "predictions" | "labels";
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
  readonly counts: Uint8Array;
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
  readonly quality: unknown;
  readonly performance: unknown;
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

export interface NotificationRow {
  readonly id: string;
  readonly subjectKind: "incident" | "run" | "model";
  readonly subjectId: string;
  readonly kind: string;
  readonly n: number;
  readonly recipient: string;
  readonly messageId: string;
  readonly body: unknown;
  readonly state: "queued" | "sent";
  readonly createdAt: Date;
  readonly sentAt: Date | undefined;
}

export interface RunRow {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly decisionId: string | undefined;
  readonly incidentId: string | undefined;
  readonly state: RunState;
  readonly epoch: number;
  readonly trainer: string;
  readonly reason: string;
  readonly policyRevisionId: string;
  readonly cut: Date;
  readonly asOfSeq: number;
  readonly nextAttempt: number;
  readonly candidateVersion: string | undefined;
  readonly outcome: string | undefined;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
}

export interface RunAttemptRow {
  readonly runId: string;
  readonly n: number;
  readonly runner: string;
  readonly runnerKey: string;
  readonly state: "starting" | "succeeded" | "failed" | "lost" | "timed out" | "cancelled";
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
  readonly exitCode: number | undefined;
  readonly message: string | undefined;
}

export interface GateResultRow {
  readonly runId: string;
  readonly gate: string;
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly body: unknown;
}

export interface RecordRow {
  readonly seq: number;
  readonly actor: Actor;
  readonly at: Date;
  readonly kind: string;
  readonly subject: string;
  readonly payload: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** A task to be done; `key` makes it one task however often it is asked for. */
export interface NewTask {
  readonly key: string;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly epoch?: number;
  /** Business time before which it is not started; at once when absent. */
  readonly notBefore?: Date;
}

export interface OpenTask {
  readonly id: string;
  readonly key: string;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly epoch: number;
  readonly sends: number;
  readonly failures: number;
  readonly lastError: string | undefined;
}

/** One entry of the audit trail. `payload` is written as canonical JSON. */
export interface NewRecord {
  readonly actor: Actor;
  readonly at: Date;
  readonly kind: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A compare-and-set of a run or an incident: it takes effect only from this state and epoch. */
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
  };
  readonly versions: {
    list(modelId: string): Promise<readonly VersionRow[]>;
    find(modelId: string, name: string): Promise<VersionRow | undefined>;
    get(id: string): Promise<VersionRow>;
  };
  readonly baselines: {
    get(id: string): Promise<BaselineRow>;
    /** The newest baseline of a version. */
    ofVersion(versionId: string): Promise<BaselineRow | undefined>;
  };
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
      kind: "predictions" | "labels",
      range: { readonly from?: Date; readonly to?: Date; readonly asOfSeq?: number },
    ): Promise<readonly LogFileRow[]>;
    getFile(id: string): Promise<LogFileRow>;
    /** The digests that are known for these keys, by the key in hex. */
    knownKeys(
      modelId: string,
      kind: "predictions" | "labels",
      keys: readonly Uint8Array[],
    ): Promise<ReadonlyMap<string, Uint8Array>>;
  };
  readonly counts: {
    /** Which of these files have been counted with this baseline. */
    countedFiles(baselineId: string, logFileIds: readonly string[]): Promise<ReadonlySet<string>>;
    /** Counts of hours in [from, to) of these files and this segment. */
    read(
      baselineId: string,
      logFileIds: readonly string[],
      range: { readonly from: Date; readonly to: Date; readonly segment: string },
    ): Promise<readonly CountRow[]>;
    segments(baselineId: string, logFileIds: readonly string[]): Promise<readonly string[]>;
  };
  readonly checks: {
    get(id: string): Promise<CheckRow>;
    /** Scheduled checks after a slot, in slot order. */
    after(modelId: string, slot: Date | undefined, limit: number): Promise<readonly CheckRow[]>;
    recent(modelId: string, limit: number): Promise<readonly CheckRow[]>;
    findings(checkId: string): Promise<readonly FindingRow[]>;
    ruleOutcomes(checkId: string): Promise<readonly RuleOutcomeRow[]>;
    ruleState(modelId: string, rule: string, segment: string): Promise<unknown>;
  };
  readonly incidents: {
    get(id: string): Promise<IncidentRow>;
    findByNumber(number: number): Promise<IncidentRow | undefined>;
    open(modelId: string): Promise<readonly IncidentRow[]>;
    recent(modelId: string, limit: number): Promise<readonly IncidentRow[]>;
  };
  readonly decisions: {
    ofCheck(checkId: string): Promise<readonly DecisionRow[]>;
    get(id: string): Promise<DecisionRow>;
  };
  readonly notifications: {
    get(id: string): Promise<NotificationRow>;
    ofSubject(subjectId: string): Promise<readonly NotificationRow[]>;
  };
  readonly runs: {
    get(id: string): Promise<RunRow>;
    findByNumber(number: number): Promise<RunRow | undefined>;
    active(modelId: string): Promise<RunRow | undefined>;
    /** Newest first. */
    recent(modelId: string, limit: number): Promise<readonly RunRow[]>;
    attempts(runId: string): Promise<readonly RunAttemptRow[]>;
    gates(runId: string): Promise<readonly GateResultRow[]>;
  };
  readonly records: {
    /** Entries in order, from a sequence number on. */
    list(fromSeq: number, limit: number): Promise<readonly RecordRow[]>;
  };
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
  readonly policies: { insert(row: PolicyRevisionRow): Promise<void> };
  readonly versions: { insert(row: VersionRow): Promise<boolean> };
  readonly baselines: { insert(row: BaselineRow): Promise<void> };
  readonly aliases: { insert(row: AliasChangeRow): Promise<void> };
  readonly log: {
    insertIngest(row: IngestRow): Promise<boolean>;
    insertFile(row: LogFileRow): Promise<void>;
    /** Returns how many of the keys were new. */
    insertKeys(modelId: string, kind: "predictions" | "labels", keys: readonly LogKey[]): Promise<number>;
  };
  readonly counts: { insert(rows: readonly CountRow[]): Promise<void> };
  readonly checks: {
    /** False when the slot is planned already. */
    insert(row: CheckRow): Promise<boolean>;
    /** False when the check was not in state planned. */
    finish(
      id: string,
      set: Pick<
        CheckRow,
        "state" | "verdict" | "reason" | "rowCount" | "quality" | "performance" | "doneAt" | "versionId" | "baselineId"
      >,
    ): Promise<boolean>;
    insertFindings(rows: readonly FindingRow[]): Promise<void>;
    insertRuleOutcomes(rows: readonly RuleOutcomeRow[]): Promise<void>;
    saveRuleState(modelId: string, rule: string, segment: string, body: unknown): Promise<void>;
  };
  readonly incidents: {
    /** The number is given by the database and returned. */
    insert(row: Omit<IncidentRow, "number">): Promise<IncidentRow>;
    transition(change: Transition<IncidentRow>): Promise<boolean>;
  };
  readonly decisions: { insert(row: DecisionRow): Promise<boolean> };
  readonly notifications: {
    insert(row: NotificationRow): Promise<boolean>;
    markSent(id: string, at: Date): Promise<boolean>;
  };
  readonly runs: {
    /** Undefined when the model has an active run, or the decision has a run. */
    insert(row: Omit<RunRow, "number">): Promise<RunRow | undefined>;
    lock(id: string): Promise<RunRow>;
    transition(change: Transition<RunRow>): Promise<boolean>;
    insertAttempt(row: RunAttemptRow): Promise<boolean>;
    finishAttempt(
      runId: string,
      n: number,
      set: Pick<RunAttemptRow, "state" | "finishedAt" | "exitCode" | "message">,
    ): Promise<boolean>;
    insertGates(rows: readonly GateResultRow[]): Promise<void>;
  };
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

/** The relay's side of the outbox: sending is leased in wall time. */
export interface OutboxRelay {
  /**
   * Takes up to `limit` tasks that are open, due in business time and not leased, leases them for `leaseMs`, and
   * returns them (`for update skip locked`, so two relays never take the same one).
   */
  take(now: Date, leaseMs: number, limit: number): Promise<readonly OpenTask[]>;
  /**
   * Keeps a task open and lets it be sent again after so many ms of wall time; with an error it counts as a failure.
   * Returns the failures so far, or undefined (and changes nothing) when the task is closed.
   */
  again(taskId: string, afterMs: number, error?: string): Promise<{ readonly failures: number } | undefined>;
  /** Calls back when tasks may be waiting (LISTEN); lossy, so poll as well. */
  listen(wake: () => void): Promise<{ close(): Promise<void> }>;
}

export interface State extends StateReads {
  /** One transaction, read committed; rolled back when `work` throws. Serialization and deadlock errors are retried. */
  transaction<Result>(work: (tx: StateTransaction) => Promise<Result>): Promise<Result>;
  readonly relay: OutboxRelay;
  close(): Promise<void>;
}
