import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDuckDbEngine } from "../../../src/adapters/duckdb/engine.ts";
import { createGuardedFetch } from "../../../src/adapters/guarded-http/guarded-fetch.ts";
import { createHooks } from "../../../src/adapters/hooks/hooks.ts";
import { randomIds } from "../../../src/adapters/ids.ts";
import { createParquetLog } from "../../../src/adapters/parquet-log/parquet-log.ts";
import { runFolders } from "../../../src/adapters/run-folders/run-folders.ts";
import { processRunner } from "../../../src/adapters/runner-process/process-runner.ts";
import { type Actor, systemActor } from "../../../src/core/actor.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { encodeProfile } from "../../../src/core/profile/profile-codec.ts";
import type { HookConfig } from "../../../src/core/run/hook-settings.ts";
import type { LogLabel, LogPrediction, RowSchema } from "../../../src/ports/log.ts";
import type { Trainer } from "../../../src/ports/runner.ts";
import type { ModelRow, RunRow, State } from "../../../src/ports/state.ts";
import { type AdvancePorts, advanceRun } from "../../../src/stages/run/advance.ts";
import { startRun } from "../../../src/stages/run/start-run.ts";
import { openTestState, type TestState } from "../../support/open-test-state.ts";
import { pause } from "../../support/wait-for.ts";

const day = 86_400_000;
export const now = new Date("2024-03-01T00:00:00Z");
const first = now.getTime() - 40 * day;
const rowsInAll = 800;

const policySource = (more: string) => `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [owner@example.com]
data:
  labels: { mature: 2d }
window: { span: 24h, min_rows: 10 }
drift: { alarm_budget: 1 per 30d }
performance: { metrics: [roc_auc], window: 7d }
rules:
  - name: inputs drifted
    when: drift.share >= 0.3
    severity: warning
    do: [notify, retrain]
retrain:
  trainer: churn
  cooldown: 0s
  budget: 50 per 30d
  min_new_labels: 100
  timeout: 1m
evaluate:
  gates:
    - candidate.roc_auc.lower >= 0.6
    - difference.roc_auc.lower >= 0.0
${more}
notify: { warning: [mail: owners], critical: [mail: owners] }
`;

export interface World {
  readonly state: TestState;
  readonly ports: AdvancePorts;
  readonly model: ModelRow;
  readonly folder: string;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** The trainer's word: what it does. */
  readonly trainer?: string;
  readonly command?: readonly string[];
  readonly timeoutMs?: number;
  readonly attempts?: number;
  readonly promote?: string;
  readonly hooks?: Readonly<Record<string, HookConfig>>;
}

export function trainerOf({ trainer = "good", command, timeoutMs = 30_000, attempts = 1 }: WorldOptions): Trainer {
  return {
    name: "churn",
    runner: "process",
    command: command ?? [process.execPath, join(process.cwd(), "test/fixtures/trainers/trainer.mjs"), trainer],
    environment: [],
    timeoutMs,
    graceMs: 200,
    attempts,
  };
}

/** What every process of a world needs, over one state and one folder. */
export function portsOf(
  state: State,
  folder: string,
  options: WorldOptions,
): AdvancePorts & { close(): Promise<void> } {
  const log = createParquetLog(join(folder, "log"));
  const engine = createDuckDbEngine({
    allowedDirectories: [join(folder, "log"), join(folder, "runs")],
    tempDirectory: join(folder, "temporary"),
  });
  const root = join(folder, "attempts");
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
  return {
    state,
    log,
    engine,
    ids: randomIds,
    clock: { now: () => now },
    policies: {
      async of(revisionId) {
        const parsed = parsePolicy((await state.policies.get(revisionId)).source, "churn.yaml");
        if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
        return parsed.policy;
      },
    },
    trainers: new Map([["churn", trainerOf(options)]]),
    runners: new Map([["process", processRunner({ root, environment })]]),
    folders: runFolders(join(folder, "runs")),
    hooks: createHooks({
      settings: options.hooks ?? {},
      runner: processRunner({ root: join(root, "hooks"), environment }),
      root: join(root, "hooks", "work"),
      environment: { ...environment, HOOK_SECRET: "whsec_c2VjcmV0" },
      fetch: createGuardedFetch({ allow: ["127.0.0.1"] }),
    }),
    async close() {
      await engine.close();
      await log.close();
    },
  };
}

const schema: RowSchema = {
  prediction: "numeric",
  scores: ["score"],
  features: [
    { name: "plan", kind: "categorical" },
    { name: "x", kind: "numeric" },
  ],
};

/** Forty days of a model whose champion guesses, although `x` tells the outcome nearly always. */
function makeRows(): { readonly predictions: LogPrediction[]; readonly labels: LogLabel[] } {
  const predictions: LogPrediction[] = [];
  const labels: LogLabel[] = [];
  for (let i = 0; i < rowsInAll; i++) {
    const timestamp = new Date(first + (i * 40 * day) / rowsInAll);
    const x = ((i * 7919) % 1_000) / 100;
    const guess = ((i * 104_729) % 997) / 997;
    const predictionId = `p${i}`;
    predictions.push({
      predictionId,
      timestamp,
      modelVersion: "1",
      prediction: guess > 0.5 ? 1 : 0,
      scores: [guess],
      entityId: undefined,
      features: [i % 3 === 0 ? "basic" : "pro", x],
      invalid: [],
    });
    const labelTimestamp = new Date(Math.min(timestamp.getTime() + day, now.getTime()));
    labels.push({ predictionId, label: x > 5 !== (i % 11 === 0) ? 1 : 0, labelTimestamp });
  }
  return { predictions, labels };
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const state = await openTestState();
  const folder = await mkdtemp(join(tmpdir(), "driftward-run-"));
  const ports = portsOf(state, folder, options);
  const modelId = randomUUID();
  const { predictions, labels } = makeRows();
  const written = [
    ["predictions", await ports.log.writePredictions(modelId, predictions, schema)],
    ["labels", await ports.log.writeLabels(modelId, labels, schema)],
  ] as const;
  const [versionId, baselineId, revisionId, ingestId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const source = policySource(options.promote ?? "promote: { approval: none }");
  await state.transaction(async (tx) => {
    await tx.models.ensure("churn", modelId, now);
    await tx.policies.insert({
      id: revisionId,
      modelId,
      seq: 1,
      path: "churn.yaml",
      gitCommit: undefined,
      author: undefined,
      digest: createHash("sha256").update(source).digest("hex"),
      source,
      appliedAt: now,
    });
    await tx.versions.insert({ id: versionId, modelId, name: "1", artifact: undefined, lineage: {}, createdAt: now });
    const profile = encodeProfile({ bins: [], counts: { rows: 0, features: [] } });
    await tx.baselines.insert({
      id: baselineId,
      modelId,
      versionId,
      rowCount: 0,
      source: "test",
      profile,
      metrics: {},
      createdAt: now,
    });
    await tx.log.insertIngest({
      id: ingestId,
      modelId,
      digest: "0",
      kind: "predictions",
      source: "test",
      at: now,
      accepted: rowsInAll,
      known: 0,
      refused: 0,
      rejectFile: undefined,
    });
    let seq = 0;
    for (const [kind, files] of written)
      for (const file of files) await tx.log.insertFile({ ...file, modelId, ingestId, kind, seq: ++seq });
    await tx.aliases.insert({
      modelId,
      alias: "champion",
      seq: 1,
      versionId,
      baselineId,
      at: now,
      reason: "test",
      runId: undefined,
    });
    await tx.models.update(modelId, {
      task: "binary",
      features: { plan: "categorical", x: "numeric", prediction: "numeric" },
      championVersion: versionId,
      championBaseline: baselineId,
      championEpoch: 1,
      policyRevision: revisionId,
      logSeq: seq,
    });
  });
  return {
    state,
    ports,
    model: await state.models.get(modelId),
    folder,
    async close() {
      await ports.close();
      await state.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a run as a person would. */
export async function start({ state, ports, model }: World, actor: Actor = systemActor): Promise<RunRow> {
  const answer = await state.transaction(async (tx) =>
    startRun(ports, tx, {
      model: await tx.models.lock(model.id),
      policy: await ports.policies.of(model.policyRevision ?? ""),
      policyRevisionId: model.policyRevision ?? "",
      reason: "a test",
      actor,
    }),
  );
  if ("refused" in answer) throw new Error(answer.refused);
  return answer.run;
}

/** Does the tasks of a run one after another, as a worker would, until none is left or `until` says so. */
export async function work(
  { state }: { readonly state: State },
  ports: AdvancePorts,
  until: (run: RunRow) => boolean = () => false,
): Promise<RunRow | undefined> {
  let run: RunRow | undefined;
  for (let round = 0; round < 2_000; round++) {
    const [task] = (await state.outbox.open(100)).filter(({ kind }) => kind === "run");
    if (task === undefined) return run;
    const result = await advanceRun(ports, { runId: task.subject, epoch: task.epoch, taskId: task.id });
    run = await state.runs.get(task.subject);
    if (until(run)) return run;
    if ("again" in result) await pause(Math.min(result.again, 50));
  }
  throw new Error(`the run ended nowhere: ${JSON.stringify(run)}`);
}

/** A check that is planned, for what must hang on one. */
export async function insertCheck({ state, model }: World): Promise<string> {
  const id = randomUUID();
  await state.transaction((tx) =>
    tx.checks.insert({
      id,
      modelId: model.id,
      slotKey: id,
      slotAt: now,
      windowStart: now,
      windowEnd: now,
      policyRevisionId: model.policyRevision ?? "",
      versionId: undefined,
      baselineId: undefined,
      asOfSeq: 1,
      state: "planned",
      verdict: undefined,
      reason: undefined,
      rowCount: undefined,
      quarantined: 0,
      quality: [],
      performance: {},
      createdAt: now,
      doneAt: undefined,
    }),
  );
  return id;
}

/** A run whose candidate, version 2, has passed its gates, as the evaluation leaves it: no trainer ran. */
export async function startPromoting({ state, model }: World): Promise<RunRow> {
  const [versionId, runId] = [randomUUID(), randomUUID()];
  return state.transaction(async (tx) => {
    const { profile } = await tx.baselines.get(model.championBaseline ?? "");
    const lineage = {
      data: { trainingRows: 600, evaluationRows: 200, cut: now.toISOString(), until: now.toISOString() },
      ...{ metrics: [], champion: { name: "1", epoch: model.championEpoch } },
    };
    const artifact = "models/2";
    await tx.versions.insert({ id: versionId, modelId: model.id, name: "2", artifact, lineage, createdAt: now });
    await tx.baselines.insert({
      ...{ id: randomUUID(), modelId: model.id, versionId, rowCount: 0, source: "test", profile, createdAt: now },
      metrics: { roc_auc: { value: 0.9, lower: 0.88, upper: 0.92, n: 500 } },
    });
    const run = await tx.runs.insert({
      ...{ id: runId, modelId: model.id, decisionId: undefined, incidentId: undefined, state: "promoting", epoch: 3 },
      ...{ trainer: "churn", reason: "a test", policyRevisionId: model.policyRevision ?? "", cut: now, asOfSeq: 1 },
      ...{ nextAttempt: 2, candidateVersion: versionId, outcome: undefined, createdAt: now, finishedAt: undefined },
    });
    if (run === undefined) throw new Error("the model has an active run");
    await tx.outbox.add([{ key: `run-${runId}-3`, kind: "run", subject: runId, epoch: 3 }]);
    return run;
  });
}
