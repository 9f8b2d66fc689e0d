import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { decodeProfile } from "../../../src/core/profile/profile-codec.ts";
import type { RunNotice } from "../../../src/core/run/notice.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { now, openWorld, start, trainerOf, type World, type WorldOptions, work } from "./world.ts";

let world: World;
let changed = true;
/** A model that a run changed serves no other test. */
async function freshWorld(options: WorldOptions): Promise<void> {
  if (!changed && options.promote === undefined) return;
  await (world as World | undefined)?.close();
  changed = true;
  world = await openWorld(options);
}
afterAll(() => world.close());

async function runOnce(options: WorldOptions) {
  await freshWorld(options);
  const run = await start(world);
  const ended = await work(world, { ...world.ports, trainers: new Map([["churn", trainerOf(options)]]) });
  changed = ended?.state !== "failed";
  if (ended === undefined) throw new Error("the run was never worked on");
  expect(ended.id).toBe(run.id);
  return ended;
}

const kinds = async () => (await world.state.records.list(1, 100)).map(({ kind }) => kind);
const mails = async (runId: string) =>
  (await world.state.notifications.ofSubject(runId)).map((row) => ({ ...row, body: row.body as RunNotice }));

describe("a good candidate", () => {
  test("is judged on the same rows, becomes a version with its baseline, and serves", async () => {
    const run = await runOnce({});
    expect(run).toMatchObject({ state: "promoted", outcome: "version 2 is champion", finishedAt: now });
    const model = await world.state.models.get(world.model.id);
    expect(model.championEpoch).toBe(2);
    expect(model.championVersion).toBe(run.candidateVersion);
    const version = await world.state.versions.get(run.candidateVersion ?? "");
    expect(version).toMatchObject({
      name: "2",
      artifact: "model.bin",
      lineage: {
        run: run.number,
        code: { commit: "0a1b2c" },
        data: {
          manifest: expect.arrayContaining([
            expect.objectContaining({ kind: "predictions", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }),
            expect.objectContaining({ kind: "labels", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }),
          ]),
        },
      },
    });
    const baseline = await world.state.baselines.get(model.championBaseline ?? "");
    expect(baseline).toMatchObject({ versionId: version.id, rowCount: 152 });
    expect(baseline.metrics).toMatchObject({ roc_auc: { value: expect.any(Number), lower: expect.any(Number) } });
    const profile = decodeProfile(baseline.profile);
    expect(profile.bins.map(({ name }) => name).sort()).toEqual(["plan", "prediction", "score", "x"]);
    expect(profile.counts.rows).toBe(152);
    const history = await world.state.aliases.history(model.id, "champion");
    expect(history.map(({ seq, versionId, runId }) => [seq, versionId, runId])).toEqual([
      [1, world.model.championVersion, undefined],
      [2, version.id, run.id],
    ]);
    expect((await world.state.runs.gates(run.id)).map(({ outcome }) => outcome)).toEqual(["pass", "pass"]);
    expect(await world.state.runs.attempts(run.id)).toMatchObject([{ n: 1, state: "succeeded", exitCode: 0 }]);
    expect(await kinds()).toEqual([
      "run started",
      "run retraining",
      "run evaluating",
      "run passed its gates",
      "run promoted",
    ]);
    const [mail, ...others] = await mails(run.id);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      kind: "promoted",
      recipient: "owner@example.com",
      body: {
        champion: "1",
        candidate: "2",
        trainingRows: 608,
        evaluationRows: 152,
        outcome: "version 2 is champion",
        policy: { revision: 1, path: "churn.yaml" },
      },
    });
    expect(mail?.body.metrics).toMatchObject([{ metric: "roc_auc", difference: { lower: expect.any(Number) } }]);
    expect(await world.state.outbox.open(10)).toMatchObject([{ kind: "notify", subject: mail?.id }]);
  });

  test("never sees labels or real ids of the rows it is judged by, and is told of its files and the champion", async () => {
    const run = await runOnce({});
    const { evaluation, output, key } = world.ports.folders.paths(run.id, 1);
    const columns = (path: string) =>
      world.ports.engine
        .describe({ paths: [path], format: "parquet" })
        .then((table) => table.columns.map(({ name }) => name));
    expect((await columns(evaluation)).sort()).toEqual(["id", "plan", "x"]);
    expect(await columns(key)).toContain("label");
    const told = JSON.parse(await readFile(join(output, "environment.json"), "utf8")) as Record<string, string>;
    expect(
      Object.keys(told)
        .filter((name) => !["PATH", "HOME", "PWD", "SHLVL", "_"].includes(name))
        .sort(),
    ).toEqual([
      "DRIFTWARD_ATTEMPT",
      "DRIFTWARD_CHAMPION",
      "DRIFTWARD_EVALUATION",
      "DRIFTWARD_OUTPUT",
      "DRIFTWARD_PARAMETERS",
      "DRIFTWARD_RUN_ID",
      "DRIFTWARD_TRAINING_DATA",
    ]);
  });
});

test("a worse candidate is rejected with its numbers, and nothing changes", async () => {
  const run = await runOnce({ trainer: "worse" });
  expect(run.state).toBe("rejected");
  expect(run.outcome).toMatch(/not met: candidate\.roc_auc\.lower >= 0\.6 \(candidate\.roc_auc\.lower = 0\.\d+\)/);
  expect(run.outcome).toContain("not met: difference.roc_auc.lower");
  expect(await world.state.models.get(world.model.id)).toEqual(world.model);
  expect(await world.state.versions.list(world.model.id)).toHaveLength(1);
  expect((await mails(run.id)).map(({ kind, body }) => [kind, body.outcome])).toEqual([["rejected", run.outcome]]);
});

describe("a trainer that", () => {
  const ends: readonly (readonly [string, WorldOptions, string, string])[] = [
    [
      "is missing",
      { command: ["/no/such/trainer"] },
      '"/no/such/trainer", or the interpreter it names, was not found',
      "failed",
    ],
    ["hangs", { trainer: "hang", timeoutMs: 1_000 }, "ran longer than its limit of 1s and was ended", "timed out"],
    ["exits with 7", { trainer: "exit 7" }, "it ended with exit code 7", "failed"],
    ["writes nothing", { trainer: "nothing" }, "wrote no predictions.parquet", "failed"],
    ["writes no result", { trainer: "no result" }, "the trainer wrote no result.json", "failed"],
    ["writes no predictions", { trainer: "no predictions" }, "wrote no predictions.parquet", "failed"],
    ["writes nonsense", { trainer: "nonsense" }, "expected JSON in the trainer's result.json", "failed"],
    ["links to the key", { trainer: "link" }, "one that is no plain file", "failed"],
    ["makes a folder of it", { trainer: "folder" }, "one that is no plain file", "failed"],
  ];
  for (const [what, options, reason, attempt] of ends)
    test(`${what} ends the run with the reason`, async () => {
      const run = await runOnce(options);
      expect(run.state).toBe("failed");
      expect(run.outcome).toContain(reason);
      expect(await world.state.runs.attempts(run.id)).toMatchObject([{ state: attempt, finishedAt: now }]);
      expect((await world.state.models.get(world.model.id)).championEpoch).toBe(1);
      expect((await mails(run.id)).map(({ kind }) => kind)).toEqual(["failed"]);
    });

  const unusable: readonly (readonly [string, string])[] = [
    ["partial", "rows without a prediction"],
    ["duplicates", "more than once"],
    ["foreign ids", "not in the evaluation file"],
    ["nan", "null or not finite"],
    ["no parquet", "cannot be judged: expected Parquet in the trainer's predictions.parquet, got something else"],
  ];
  for (const [what, reason] of unusable)
    test(`writes predictions that cannot be judged (${what}) ends the run with the reason`, async () => {
      const run = await runOnce({ trainer: what });
      expect(run.state).toBe("failed");
      expect(run.outcome).toContain(reason);
      expect(await world.state.versions.list(world.model.id)).toHaveLength(1);
    });

  test("may be tried again gets another attempt, and no more than allowed", async () => {
    const run = await runOnce({ trainer: "exit 7", attempts: 2 });
    expect(run.state).toBe("failed");
    expect(await world.state.runs.attempts(run.id)).toMatchObject([
      { n: 1, state: "failed", exitCode: 7 },
      { n: 2, state: "failed", exitCode: 7 },
    ]);
    expect(await kinds()).toContain("run tried again");
  });
});

test("a task of an earlier epoch ends silently", async () => {
  await freshWorld({});
  const run = await start(world);
  await work(world, world.ports, ({ state }) => state === "retraining");
  const before = await kinds();
  expect(await advanceRun(world.ports, { runId: run.id, epoch: 0 })).toEqual({ done: true });
  expect(await kinds()).toEqual(before);
  changed = true;
});

test("a policy that wants a person's word is waited for", async () => {
  const run = await runOnce({ promote: "promote: { approval: required }" });
  expect(run.state).toBe("promoting");
  expect((await world.state.models.get(world.model.id)).championEpoch).toBe(1);
  expect((await world.state.outbox.open(10)).filter(({ kind }) => kind === "run")).toEqual([]);
});
