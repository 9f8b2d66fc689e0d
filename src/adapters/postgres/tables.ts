import type { ColumnType, Generated, Kysely } from "kysely";
import type {
  AliasChangeRow,
  ApprovalRow,
  BaselineRow,
  CalibrationRow,
  CheckRow,
  CountRow,
  DecisionRow,
  DigestRow,
  FindingRow,
  GateResultRow,
  HookCallRow,
  IncidentMemberRow,
  IncidentRow,
  IngestRow,
  LiveBaselineRow,
  LogFileRow,
  ModelRow,
  NotificationRow,
  PolicyRefusalRow,
  PolicyRevisionRow,
  QuarantineRow,
  RuleOutcomeRow,
  RunAttemptRow,
  RunRow,
  SilenceRow,
  TokenRow,
  VersionBlockRow,
  VersionRow,
  WatchRow,
} from "../../ports/state.ts";
import type { BatchPartRow } from "../../ports/state-batches.ts";

/** A table whose columns are the port's row in snake case; JSON goes in as text, and null stands for "not there". */
type Table<Row> = {
  [Column in keyof Row]: ColumnType<Row[Column], Row[Column] | string | null, Row[Column] | string | null>;
};

/** A table whose `number` the database gives. */
type NumberedTable<Row extends { readonly number: number }> = Table<Omit<Row, "number">> & {
  number: Generated<number>;
};

interface LogKeyTable {
  modelId: string;
  kind: "predictions" | "labels" | "shadow";
  key: Uint8Array;
  digest: Uint8Array;
}

interface RuleStateTable {
  modelId: string;
  rule: string;
  segment: string;
  body: ColumnType<unknown, string, string>;
}

interface OutboxTable {
  id: Generated<number>;
  key: string;
  kind: string;
  subject: string;
  epoch: number;
  notBefore: ColumnType<Date, Date | string, never>;
  dueAt: Date;
  sends: Generated<number>;
  failures: Generated<number>;
  lastError: string | null;
  doneAt: Date | null;
}

interface RecordTable {
  seq: number;
  actorKind: "system" | "person" | "token";
  actorId: string;
  at: Date;
  kind: string;
  subject: string;
  payload: string;
  previousHash: string;
  hash: string;
}

export interface Tables {
  model: Table<ModelRow>;
  policyRevision: Table<PolicyRevisionRow>;
  policyRefusal: Table<PolicyRefusalRow>;
  version: Table<VersionRow>;
  baseline: Table<BaselineRow> & { seq: Generated<number> };
  liveBaseline: Table<LiveBaselineRow>;
  aliasChange: Table<AliasChangeRow>;
  ingest: Table<IngestRow>;
  logFile: Table<LogFileRow>;
  logKey: LogKeyTable;
  count: Table<CountRow>;
  calibration: Table<CalibrationRow>;
  check: Table<CheckRow>;
  finding: Table<FindingRow>;
  ruleOutcome: Table<RuleOutcomeRow>;
  ruleState: RuleStateTable;
  incident: NumberedTable<IncidentRow>;
  incidentMember: Table<IncidentMemberRow>;
  silence: NumberedTable<SilenceRow>;
  quarantine: NumberedTable<QuarantineRow>;
  batchPart: Table<BatchPartRow>;
  decision: Table<DecisionRow>;
  notification: Table<NotificationRow>;
  digest: Table<DigestRow>;
  run: NumberedTable<RunRow>;
  runAttempt: Table<RunAttemptRow>;
  gateResult: Table<GateResultRow>;
  hookCall: Table<HookCallRow>;
  token: Table<TokenRow>;
  approval: Table<ApprovalRow>;
  watch: Table<WatchRow>;
  versionBlock: Table<VersionBlockRow>;
  outbox: OutboxTable;
  record: RecordTable;
  recordHead: { seq: number; hash: string };
  instance: { id: string };
}

/** A connection or a transaction: reads work on both. */
export type Database = Kysely<Tables>;
