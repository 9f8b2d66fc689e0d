import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { applyPolicies } from "../../src/actions/apply-policies.ts";
import { type BaselineResult, registerBaseline } from "../../src/actions/baseline.ts";
import { createDuckDbEngine } from "../../src/adapters/duckdb/engine.ts";
import { decodeProfile } from "../../src/core/profile/profile-codec.ts";
import type { Trainer } from "../../src/ports/runner.ts";
import type { CheckRow, IncidentRow, ModelRow, NotificationRow } from "../../src/ports/state.ts";
import { type CheckPorts, check } from "../../src/stages/check/check.ts";
import { createSegmentedBaselines } from "../../src/stages/check/segmented-baselines.ts";
import { type DecidePorts, decide } from "../../src/stages/decide/decide.ts";
import { type IngestPorts, ingest } from "../../src/stages/ingest.ts";
import { tick } from "../../src/stages/tick.ts";
import { lookUpPolicies } from "./look-up-policies.ts";
import { openTestLog, testActor } from "./open-test-log.ts";
import { openTestState, type TestState } from "./open-test-state.ts";

const hourMs = 3_600_000;
/** What a policy waits for late rows when it says nothing. */
const settleMs = 600_000;
/** 2026-06-01 at so many hours, UTC. */
export const at = (hours: number) => new Date(Date.UTC(2026, 5, 1) + hours * hourMs);

export interface WatchWorld {
  readonly state: TestState;
  readonly ports: CheckPorts & DecidePorts & IngestPorts;
  /** Where its files are. */
  readonly folder: string;
  /** Sets what time it is. */
  setNow(time: Date): void;
  baseline(model: string, version: string, rows: readonly object[]): Promise<BaselineResult>;
  apply(policy: string, commit?: string): Promise<void>;
  predict(model: string, rows: readonly object[]): Promise<void>;
  label(model: string, rows: readonly object[]): Promise<void>;
  model(name: string): Promise<ModelRow>;
  /** Plans every slot up to a time, as the tick does, and says which checks it planned. */
  plan(model: string, until: Date): Promise<readonly CheckRow[]>;
  /** Evaluates a planned check. */
  check(id: string): Promise<CheckRow>;
  decide(model: string): Promise<void>;
  incidents(model: string): Promise<readonly IncidentRow[]>;
  mails(incidentId: string): Promise<readonly NotificationRow[]>;
  close(): Promise<void>;
}

/** What checks and decisions work on: real state, a real log, the real engine, and a clock that the test sets. */
export async function openWatchWorld(): Promise<WatchWorld> {
  const state = await openTestState();
  const log = await openTestLog();
  const engine = createDuckDbEngine({ allowedDirectories: [log.folder], tempDirectory: join(log.folder, "tmp") });
  let now = at(0);
  const clock = { now: () => now };
  const policies = lookUpPolicies(state);
  const profiles = { of: async (id: string) => decodeProfile((await state.baselines.get(id)).profile) };
  const ids = { next: () => randomUUID() };
  const trainers = new Map<string, Trainer>();
  const stored = { ...log.ports(state), state, engine };
  const segmented = createSegmentedBaselines(stored);
  const own = { ...stored, clock, ids, policies, profiles, segmented, trainers };
  const modelOf = async (name: string) => {
    const model = await state.models.find(name);
    if (model === undefined) throw new Error(`no model ${name}`);
    return model;
  };
  const send = async (model: string, kind: "predictions" | "labels", rows: readonly object[]) => {
    const result = await ingest(own, { model, kind, actor: testActor, from: { rows } });
    if (result.refused > 0) throw new Error(JSON.stringify(result));
  };
  return {
    state,
    ports: own,
    folder: log.folder,
    setNow(time) {
      now = time;
    },
    baseline: (model, version, rows) =>
      registerBaseline(own, { model, version, actor: testActor, from: { rows, name: `${version} rows` } }),
    async apply(policy, commit) {
      const text = { path: "policies/test.yaml", source: policy, ...(commit === undefined ? {} : { commit }) };
      const { problems } = await applyPolicies({ ...own, policySource: { read: async () => [text] } }, testActor);
      const errors = problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
    },
    predict: (model, rows) => send(model, "predictions", rows),
    label: (model, rows) => send(model, "labels", rows),
    model: modelOf,
    async plan(name, until) {
      now = new Date(until.getTime() + settleMs);
      const { id } = await modelOf(name);
      const known = new Set((await state.checks.after(id, undefined, 1_000)).map((row) => row.id));
      const policyOf = async (model: ModelRow) =>
        model.name === name && model.policyRevision !== undefined ? policies.of(model.policyRevision) : undefined;
      const { failed } = await tick({ ...own, policyOf, batches: own });
      if (failed.length > 0) throw failed[0]?.error;
      return (await state.checks.after(id, undefined, 1_000)).filter((row) => !known.has(row.id));
    },
    async check(checkId) {
      await check(own, { checkId });
      return state.checks.get(checkId);
    },
    async decide(name) {
      await decide(own, { modelId: (await modelOf(name)).id });
    },
    incidents: async (name) => (await state.incidents.recent((await modelOf(name)).id, 100)).toReversed(),
    mails: (incidentId) => state.notifications.ofSubject(incidentId),
    async close() {
      await engine.close();
      await log.close();
      await state.close();
    },
  };
}

/** A policy with hourly checks of a four-hour window, and whatever else a test asks for. */
export function policyOf(model: string, more = "", rules = defaultRules): string {
  return `apiVersion: driftward/v1
kind: Policy
model: ${model}
owners: [one@example.com, two@example.com]
schedule: { every: 1h }
window: { span: 4h, min_rows: 50 }
${more}
rules:
${rules}
notify: { warning: [mail: owners], critical: [mail: owners] }
`;
}

const defaultRules = "  - { name: inputs drifted, when: drift.share >= 0.5, do: [notify] }";

/** Rows for a span of hours, one every two minutes: `x` and `plan` as in the baseline, `x` moved by `shift`. */
export function rowsBetween(from: number, to: number, more: { shift?: number; version?: string; key?: string } = {}) {
  const { shift = 0, version = "1", key = "" } = more;
  return Array.from({ length: Math.round((to - from) * 30) }, (_, i) => {
    const n = Math.round(from * 30) + i;
    return {
      prediction_id: `${key}p${n}`,
      timestamp: new Date(at(from).getTime() + i * 120_000).toISOString(),
      model_version: version,
      prediction: n % 2,
      score: ((n * 37) % 100) / 100,
      x: ((n * 7_919) % 1_000) / 10 + shift,
      plan: n % 3 === 0 ? "basic" : "pro",
    };
  });
}

/** Rows of a baseline, like those of `rowsBetween`; labels follow the score. */
export const baselineRows = Array.from({ length: 3_000 }, (_, n) => ({
  prediction: n % 2,
  score: ((n * 37) % 100) / 100,
  x: ((n * 7_919) % 1_000) / 10,
  plan: n % 3 === 0 ? "basic" : "pro",
  label: ((n * 37) % 100) / 100 > ((n * 53) % 100) / 100 ? 1 : 0,
}));
