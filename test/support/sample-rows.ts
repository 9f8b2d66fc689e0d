import { randomUUID } from "node:crypto";
import type {
  BaselineRow,
  CheckRow,
  DecisionRow,
  IncidentRow,
  IngestRow,
  LogFileRow,
  NotificationRow,
  PolicyRevisionRow,
  RunRow,
  State,
  VersionRow,
} from "../../src/ports/state.ts";

/** 2026-01-01 at so many hours, UTC. */
export const hour = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours));

/** A model with everything that rows of checks, incidents and runs refer to. */
export interface SampleModel {
  readonly modelId: string;
  readonly policyRevisionId: string;
  readonly versionId: string;
  readonly baselineId: string;
}

export const sampleVersion = (modelId: string, more: Partial<VersionRow> = {}): VersionRow => ({
  id: randomUUID(),
  modelId,
  name: `v-${randomUUID().slice(0, 8)}`,
  artifact: undefined,
  lineage: {},
  createdAt: hour(0),
  ...more,
});

export const samplePolicyRevision = (modelId: string, more: Partial<PolicyRevisionRow> = {}): PolicyRevisionRow => ({
  id: randomUUID(),
  modelId,
  seq: 1,
  path: "policies/churn.yaml",
  gitCommit: undefined,
  author: undefined,
  digest: "0".repeat(64),
  source: "model: churn\n",
  appliedAt: hour(0),
  ...more,
});

export const sampleBaseline = (modelId: string, versionId: string, more: Partial<BaselineRow> = {}): BaselineRow => ({
  id: randomUUID(),
  modelId,
  versionId,
  rowCount: 1_000,
  source: "training",
  profile: Uint8Array.of(0, 1, 255),
  metrics: {},
  digest: undefined,
  createdAt: hour(0),
  ...more,
});

/** Makes a model of a fresh name with a version, a policy revision and a baseline. */
export async function insertSampleModel(state: State, name = `m-${randomUUID().slice(0, 8)}`): Promise<SampleModel> {
  const modelId = randomUUID();
  const version = sampleVersion(modelId);
  const revision = samplePolicyRevision(modelId);
  const baseline = sampleBaseline(modelId, version.id);
  await state.transaction(async (tx) => {
    await tx.models.ensure(name, modelId, hour(0));
    await tx.versions.insert(version);
    await tx.policies.insert(revision);
    await tx.baselines.insert(baseline);
  });
  return { modelId, policyRevisionId: revision.id, versionId: version.id, baselineId: baseline.id };
}

export const sampleCheck = (model: SampleModel, slotAt: Date, more: Partial<CheckRow> = {}): CheckRow => ({
  id: randomUUID(),
  modelId: model.modelId,
  slotKey: slotAt.toISOString(),
  slotAt,
  windowStart: new Date(slotAt.getTime() - 86_400_000),
  windowEnd: slotAt,
  policyRevisionId: model.policyRevisionId,
  versionId: undefined,
  baselineId: undefined,
  asOfSeq: 0,
  state: "planned",
  verdict: undefined,
  reason: undefined,
  rowCount: undefined,
  quarantined: 0,
  quality: [],
  performance: {},
  segments: [],
  createdAt: slotAt,
  doneAt: undefined,
  ...more,
});

export const sampleIncident = (
  model: SampleModel,
  checkId: string,
  more: Partial<IncidentRow> = {},
): Omit<IncidentRow, "number"> => ({
  id: randomUUID(),
  modelId: model.modelId,
  rule: "inputs drifted",
  segment: "",
  severity: "warning",
  state: "firing",
  epoch: 0,
  openedCheck: checkId,
  lastCheck: checkId,
  openedAt: hour(0),
  resolvedAt: undefined,
  resolution: undefined,
  acknowledgedAt: undefined,
  acknowledgedBy: undefined,
  ...more,
});

export const sampleRun = (model: SampleModel, more: Partial<RunRow> = {}): Omit<RunRow, "number"> => ({
  id: randomUUID(),
  modelId: model.modelId,
  decisionId: undefined,
  incidentId: undefined,
  state: "queued",
  epoch: 0,
  trainer: "churn",
  reason: "asked for by hand",
  policyRevisionId: model.policyRevisionId,
  cut: hour(0),
  asOfSeq: 0,
  nextAttempt: 1,
  candidateVersion: undefined,
  outcome: undefined,
  createdAt: hour(0),
  finishedAt: undefined,
  ...more,
});

export const sampleDecision = (checkId: string, more: Partial<DecisionRow> = {}): DecisionRow => ({
  id: randomUUID(),
  checkId,
  rule: "inputs drifted",
  segment: "",
  action: "retrain",
  incidentId: undefined,
  outcome: "carried out",
  reason: "held for 2d",
  at: hour(0),
  ...more,
});

export const sampleNotification = (subjectId: string, more: Partial<NotificationRow> = {}): NotificationRow => ({
  id: randomUUID(),
  subjectKind: "incident",
  subjectId,
  kind: "opened",
  n: 1,
  recipient: "risk-ml@example.com",
  messageId: `${randomUUID()}@driftward`,
  body: { title: "inputs drifted" },
  state: "queued",
  createdAt: hour(0),
  sentAt: undefined,
  reason: undefined,
  ...more,
});

export const sampleIngest = (modelId: string, more: Partial<IngestRow> = {}): IngestRow => ({
  id: randomUUID(),
  modelId,
  digest: randomUUID(),
  kind: "predictions",
  source: "week.csv",
  accepted: 10,
  known: 0,
  refused: 0,
  rejectFile: undefined,
  at: hour(0),
  ...more,
});

export const sampleLogFile = (modelId: string, ingestId: string, more: Partial<LogFileRow> = {}): LogFileRow => ({
  id: randomUUID(),
  modelId,
  seq: 1,
  ingestId,
  kind: "predictions",
  day: "2026-01-01",
  path: "m/2026-01-01/a.parquet",
  sha256: "0".repeat(64),
  rowCount: 10,
  firstAt: hour(0),
  lastAt: hour(5),
  ...more,
});
