import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { registerBaseline } from "../../src/actions/baseline.ts";
import { createDuckDbEngine } from "../../src/adapters/duckdb/engine.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import { decodeCounts, readFewEdged } from "../../src/core/profile/counts-codec.ts";
import { cellCount } from "../../src/core/profile/empty-counts.ts";
import { fewEdges } from "../../src/core/profile/few-edges.ts";
import { mergeCounts } from "../../src/core/profile/merge-counts.ts";
import { decodeProfile } from "../../src/core/profile/profile-codec.ts";
import type { CountEngine } from "../../src/ports/count-engine.ts";
import type { LogFileRow } from "../../src/ports/state.ts";
import { type CountedWith, type CountPorts, count, ensureCounted } from "../../src/stages/count.ts";
import { ingest } from "../../src/stages/ingest.ts";
import { openTestLog, type TestLog, testActor, testNow } from "../support/open-test-log.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

let state: TestState;
let log: TestLog;
let engine: CountEngine;
let ports: CountPorts;
let requests = 0;
beforeAll(async () => {
  state = await openTestState();
  log = await openTestLog();
  const real = createDuckDbEngine({ allowedDirectories: [log.folder], tempDirectory: join(log.folder, "tmp") });
  engine = {
    ...real,
    countEncoded: (request) => {
      requests += 1;
      return real.countEncoded(request);
    },
  };
  const policies = {
    of: async () =>
      ({
        rules: [{ per: { column: "plan" } }, {}, { per: { column: "unknown" } }],
        drift: { features: { watch: ["plan"], observe: ["age"], exclude: [] } },
      }) as unknown as Policy,
  };
  ports = { state, engine, policies, log: log.ports(state).log };
});
afterAll(async () => {
  await engine.close();
  await log.close();
  await state.close();
});

function rowOf(n: number, day: number) {
  return {
    prediction_id: `d${day}-${n}`,
    timestamp: `2026-05-${String(day).padStart(2, "0")}T0${n % 4}:30:00Z`,
    model_version: n % 2 === 0 ? "1.0" : "v2",
    prediction: n / 10,
    age: n,
    plan: n % 3 === 0 ? "basic" : "pro",
  };
}

async function modelWith(name: string, days: readonly number[]): Promise<readonly LogFileRow[]> {
  const rows = days.flatMap((day) => Array.from({ length: 12 }, (_, n) => rowOf(n, day)));
  const shared = { model: name, actor: testActor };
  const { modelId } = await ingest(log.ports(state), { ...shared, kind: "predictions", from: { rows } });
  return state.log.files(modelId, "predictions", {});
}

async function withBaseline(name: string, ages = 12): Promise<string> {
  const rows = Array.from({ length: Math.max(50, ages) }, (_, n) => ({
    prediction: n / 10,
    age: n % ages,
    plan: n % 3 === 0 ? "basic" : "pro",
  }));
  const made = { ...log.ports(state), engine };
  return (
    await registerBaseline(made, { model: name, version: "1", actor: testActor, task: "regression", from: { rows } })
  ).baselineId;
}

async function counted(baselineId: string): Promise<CountedWith> {
  return { baselineId, profile: decodeProfile((await state.baselines.get(baselineId)).profile) };
}

async function govern(modelId: string, baselineId: string): Promise<void> {
  const revision = { id: randomUUID(), modelId, seq: 1, path: "p", gitCommit: undefined, author: undefined };
  await state.transaction(async (tx) => {
    await tx.policies.insert({ ...revision, digest: "d", source: "s", appliedAt: testNow });
    await tx.models.update(modelId, { policyRevision: revision.id, championBaseline: baselineId });
  });
}

async function totals(baselineId: string, files: readonly LogFileRow[], segment: string) {
  const range = { from: new Date(0), to: testNow, segment };
  const ids = files.map(({ id }) => id);
  const rows = await state.counts.read(baselineId, ids, range);
  return { hours: rows.length, counts: mergeCounts(rows.map((row) => decodeCounts(row.counts))) };
}

test("a file is counted by the hour, as a whole and by version, and its task is done", async () => {
  const files = await modelWith("one", [1]);
  const baselineId = await withBaseline("one");
  const [task] = (await state.relay.take(testNow, 1, 100)).filter(({ subject }) => subject === files[0]?.id);
  await count(ports, { fileId: files[0]?.id ?? "", taskId: task?.id ?? "" });
  const { hours, counts } = await totals(baselineId, files, "");
  expect([hours, counts.rows]).toEqual([4, 12]);
  expect(
    await state.counts.segments(
      baselineId,
      files.map(({ id }) => id),
    ),
  ).toEqual(expect.arrayContaining(["", "model_version=v2"]));
  expect((await totals(baselineId, files, "model_version=v2")).counts.rows).toBe(6);
  // A version is a name: "1.0" is not the number 1.
  expect((await totals(baselineId, files, "model_version=1.0")).counts.rows).toBe(6);
  expect((await state.outbox.open(1_000)).map(({ id }) => id)).not.toContain(task?.id);
});

test("files of many days are counted with one request, each under its own file", async () => {
  const files = await modelWith("many", [1, 2, 3, 4, 5]);
  const baselineId = await withBaseline("many");
  const before = requests;
  for (const { id } of files) await count(ports, { fileId: id });
  expect(requests - before).toBe(1);
  for (const file of files) {
    const { hours, counts } = await totals(baselineId, [file], "");
    expect([hours, counts.rows]).toEqual([4, 12]);
    const ofFile = await state.counts.read(baselineId, [file.id], { from: file.firstAt, to: file.lastAt, segment: "" });
    expect(ofFile.every(({ hour }) => hour.toISOString().startsWith(file.day))).toBe(true);
  }
});

test("files with rows of the same hour are counted apart, and together they are all rows", async () => {
  const early = await modelWith("overlap", [1, 2]);
  const rows = Array.from({ length: 5 }, (_, n) => ({ ...rowOf(n, 1), prediction_id: `late-${n}` }));
  await ingest(log.ports(state), { model: "overlap", kind: "predictions", actor: testActor, from: { rows } });
  const baselineId = await withBaseline("overlap");
  const files = await state.log.files(early[0]?.modelId ?? "", "predictions", {});
  expect(files).toHaveLength(3);
  await ensureCounted(ports, await counted(baselineId), files);
  const each = await Promise.all(files.map(async (file) => (await totals(baselineId, [file], "")).counts.rows));
  expect(each).toEqual([12, 12, 5]);
});

test("counting twice changes nothing", async () => {
  const files = await modelWith("twice", [1]);
  const baselineId = await withBaseline("twice");
  const own = await counted(baselineId);
  await Promise.all([ensureCounted(ports, own, files), ensureCounted(ports, own, files)]);
  const before = requests;
  await ensureCounted(ports, own, files);
  await count(ports, { fileId: files[0]?.id ?? "" });
  expect(requests).toBe(before);
  expect((await totals(baselineId, files, "")).counts.rows).toBe(12);
});

test("without a champion nothing is counted, and the task is done", async () => {
  const files = await modelWith("none", [1]);
  const before = requests;
  const [task] = (await state.relay.take(testNow, 1, 1_000)).filter(({ subject }) => subject === files[0]?.id);
  await count(ports, { fileId: files[0]?.id ?? "", taskId: task?.id ?? "" });
  expect(requests).toBe(before);
  expect((await state.outbox.open(1_000)).map(({ id }) => id)).not.toContain(task?.id);
});

test("the segments that rules of the policy are asked of are counted, as far as the baseline has them", async () => {
  const files = await modelWith("segments", [1]);
  const baselineId = await withBaseline("segments");
  await govern(files[0]?.modelId ?? "", baselineId);
  await count(ports, { fileId: files[0]?.id ?? "" });
  const segments = await state.counts.segments(
    baselineId,
    files.map(({ id }) => id),
  );
  // Under the column's own name stands that the file was counted by it.
  expect(segments.filter((name) => !name.startsWith("model_version="))).toEqual([
    ...["", "plan", "plan=basic", "plan=pro", "unknown"],
  ]);
  expect((await totals(baselineId, files, "plan=basic")).counts.rows).toBe(4);
  const before = requests;
  await count(ports, { fileId: files[0]?.id ?? "" });
  expect(requests).toBe(before);
});

test("features that the policy does not watch are counted with few edges, in segments too, and the counts say so", async () => {
  const files = await modelWith("observed", [1]);
  const baselineId = await withBaseline("observed", 200);
  await govern(files[0]?.modelId ?? "", baselineId);
  await count(ports, { fileId: files[0]?.id ?? "" });
  const { bins } = (await counted(baselineId)).profile;
  const age = bins.findIndex(({ name }) => name === "age");
  const widths = bins.map((feature, i) => cellCount(i === age ? fewEdges(feature) : feature));
  expect(bins.map(cellCount)[age]).toBeGreaterThan(400);
  expect(widths[age]).toBeLessThanOrEqual(129);
  const range = { from: new Date(0), to: testNow };
  for (const segment of ["", "model_version=v2", "plan=basic"]) {
    const rows = await state.counts.read(baselineId, [files[0]?.id ?? ""], { ...range, segment });
    expect(rows.length).toBeGreaterThan(0);
    for (const { edges, counts } of rows) {
      expect([edges, readFewEdged(counts)]).toEqual(["few", [age]]);
      expect(decodeCounts(counts).features.map(({ cells }) => cells.length)).toEqual(widths);
    }
  }
});
