import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type BaselineInput,
  type BaselinePorts,
  type BaselineResult,
  registerBaseline,
} from "../../src/actions/baseline.ts";
import { createDuckDbEngine } from "../../src/adapters/duckdb/engine.ts";
import { decodeProfile } from "../../src/core/profile/profile-codec.ts";
import { ingest } from "../../src/stages/ingest.ts";
import { openTestLog, type TestLog, testActor } from "../support/open-test-log.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { sampleCheck, samplePolicyRevision } from "../support/sample-rows.ts";

let state: TestState;
let log: TestLog;
let ports: BaselinePorts;
beforeAll(async () => {
  state = await openTestState();
  log = await openTestLog();
  const engine = createDuckDbEngine({ allowedDirectories: [log.folder], tempDirectory: join(log.folder, "tmp") });
  ports = { ...log.ports(state), engine };
});
afterAll(async () => {
  await ports.engine.close();
  await log.close();
  await state.close();
});

let models = 0;
const freshModel = (): string => {
  models += 1;
  return `m${models}`;
};

type More = Partial<Omit<BaselineInput, "model" | "from">>;

function register(model: string, rows: readonly object[], more: More = {}): Promise<BaselineResult> {
  return registerBaseline(ports, { model, version: "v1", actor: testActor, ...more, from: { rows, name: "train" } });
}

/** Labels follow the prediction three times out of four. */
const binary = Array.from({ length: 80 }, (_, n) => ({
  age: n % 40,
  plan: n % 3 === 0 ? "basic" : "pro",
  prediction: n % 2,
  score: n % 2 === 0 ? 0.2 : 0.8,
  label: n % 4 === 0 ? 1 - (n % 2) : n % 2,
}));

describe("the first version of a model", () => {
  let model: string;
  let result: BaselineResult;
  beforeAll(async () => {
    model = freshModel();
    result = await register(model, binary);
  });

  test("becomes its champion, with its baseline", async () => {
    expect(result).toMatchObject({ champion: true, task: "binary", rows: 80, refused: 0, already: false });
    expect(await state.models.get(result.modelId)).toMatchObject({
      championVersion: result.versionId,
      championBaseline: result.baselineId,
      championEpoch: 1,
      task: "binary",
      features: { age: "numeric", plan: "categorical", prediction: "numeric" },
    });
    expect(await state.aliases.history(result.modelId, "champion")).toMatchObject([
      { seq: 1, versionId: result.versionId, baselineId: result.baselineId, reason: "first version of the model" },
    ]);
  });

  test("has the profile of its features, its prediction and its score", async () => {
    const { profile, rowCount, source } = await state.baselines.get(result.baselineId);
    const { bins, counts } = decodeProfile(profile);
    expect(bins.map(({ name, kind }) => [name, kind])).toEqual([
      ["age", "numeric"],
      ["plan", "categorical"],
      ["prediction", "numeric"],
      ["score", "numeric"],
    ]);
    expect([counts.rows, rowCount, source]).toEqual([80, 80, "train"]);
  });

  test("promises the metrics of its rows with labels", async () => {
    const { metrics } = await state.baselines.get(result.baselineId);
    expect(metrics).toEqual(result.metrics);
    expect(result.metrics.accuracy).toMatchObject({ value: 0.75, n: 80 });
    // Of 60 positives 40 score above the 20 negatives, and 20 the same: (40 + 20 / 2) / 60.
    expect(result.metrics.roc_auc?.value).toBeCloseTo(5 / 6, 12);
    for (const estimate of Object.values(result.metrics)) expect(estimate.lower).toBeLessThanOrEqual(estimate.upper);
  });

  test("keeps its rows beside the log", async () => {
    const path = ports.log.locate({ path: ports.log.baselinePath(result.modelId, result.baselineId) });
    const kept = await ports.engine.describe({ paths: [path], format: "parquet" });
    expect(kept.rows).toBe(80);
    expect(kept.columns.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["age", "plan", "prediction", "label", "score", "timestamp", "_invalid"]),
    );
  });

  test("is on record", async () => {
    const records = (await state.records.list(0, 1_000)).filter(({ subject }) => subject === model);
    expect(records.map(({ kind }) => kind)).toEqual(["baseline registered"]);
    expect(JSON.parse(records[0]?.payload ?? "")).toMatchObject({ version: "v1", rows: 80, champion: true });
  });

  test("registered again with the same rows changes nothing", async () => {
    const again = await register(model, binary);
    expect(again).toMatchObject({ already: true, champion: true, baselineId: result.baselineId, rows: 80 });
    expect(again.metrics).toEqual(result.metrics);
    expect(readdirSync(join(log.folder, "log", result.modelId, "baselines"))).toHaveLength(1);
  });

  test("a second version has a baseline and is no champion", async () => {
    const second = await register(model, binary.slice(1), { version: "v2" });
    expect(second).toMatchObject({ champion: false, already: false });
    expect((await state.models.get(result.modelId)).championVersion).toBe(result.versionId);
    expect((await state.baselines.ofVersion(second.versionId))?.id).toBe(second.baselineId);
  });

  test("the model keeps its task", async () => {
    await expect(register(model, binary.slice(2), { version: "v3", task: "regression" })).rejects.toMatchObject({
      code: "Conflict",
      message: `model ${model} is binary, got the task regression`,
    });
    expect(await state.versions.find(result.modelId, "v3")).toBeUndefined();
  });

  test("what it typed holds for the log", async () => {
    const row = { prediction_id: "p", timestamp: "2026-06-01", model_version: "v1", prediction: 1, age: "old" };
    await ingest(ports as never, { model, kind: "predictions", actor: testActor, from: { rows: [row] } });
    expect(await log.rows(state, model)).toMatchObject([{ age: null, _invalid: '["age"]' }]);
  });
});

test("without labels there is no promise, without predictions no task", async () => {
  const unlabelled = binary.map(({ label: _, ...row }) => row);
  expect(await register(freshModel(), unlabelled)).toMatchObject({ metrics: {}, task: "binary" });
  const inputs = binary.map(({ age, plan }) => ({ age, plan }));
  const result = await register(freshModel(), inputs);
  expect(result).toMatchObject({ metrics: {}, task: undefined, champion: true });
  const { bins } = decodeProfile((await state.baselines.get(result.baselineId)).profile);
  expect(bins.map(({ name }) => name)).toEqual(["age", "plan"]);
});

describe("the task", () => {
  const numbers = Array.from({ length: 30 }, (_, n) => ({ x: n, prediction: n + 0.5, label: n }));
  const classes = Array.from({ length: 30 }, (_, n) => ({
    x: n,
    prediction: "abc"[n % 3],
    label: "abc"[(n + (n % 5 === 0 ? 1 : 0)) % 3],
  }));

  test("follows from fractions and from classes", async () => {
    const regression = await register(freshModel(), numbers);
    expect(regression).toMatchObject({ task: "regression", metrics: { mae: { value: 0.5 }, bias: { value: 0.5 } } });
    const multiclass = await register(freshModel(), classes);
    expect(multiclass).toMatchObject({ task: "multiclass", metrics: { accuracy: { value: 0.8 } } });
    expect(multiclass.unmeasured).toHaveProperty("log_loss");
  });

  test("is asked for where rows leave a doubt, and then nothing has changed", async () => {
    const doubtful = numbers.map(({ x }) => ({ x, prediction: x % 4, label: x % 4 }));
    const model = freshModel();
    await expect(register(model, doubtful)).rejects.toMatchObject({
      code: "InvalidInput",
      message: "train: predictions and labels such as 0, 1, 2, 3 leave open what the model does",
      hint: "say it: --task binary, multiclass or regression",
    });
    expect(await state.models.find(model)).toBeUndefined();
    expect(await register(model, doubtful, { task: "multiclass" })).toMatchObject({
      metrics: { accuracy: { value: 1 } },
    });
  });

  test("that is told settles what mixed predictions are", async () => {
    const mixed = classes.map((row, n) => ({ ...row, prediction: n === 0 ? 1 : row.prediction }));
    await expect(register(freshModel(), mixed)).rejects.toMatchObject({ code: "InvalidData" });
    const result = await register(freshModel(), mixed, { task: "multiclass" });
    expect(result).toMatchObject({ refused: 0, rows: 30 });
    const refusing = numbers.map((row, n) => ({ ...row, prediction: n === 3 ? "error" : row.prediction }));
    expect(await register(freshModel(), refusing, { task: "regression" })).toMatchObject({
      refused: 1,
      rows: 29,
      reasons: ['row 4: prediction "error" is no number, as this model\'s predictions are'],
    });
  });
});

describe("what a baseline is not good for is said", () => {
  const timed = binary.map((row, n) => ({ ...row, timestamp: new Date(Date.UTC(2026, 0, 1, n)).toISOString() }));
  const many = [...timed, ...timed];
  const of = async (rows: readonly object[]) => (await register(freshModel(), rows)).limitations;

  test("nothing, where nothing is wrong", async () => expect(await of(many)).toEqual([]));

  test.each([
    ["few rows", timed.slice(0, 40), "only 40 rows: all but large changes pass for chance"],
    [
      "a column without values",
      many.map((row) => ({ ...row, fee: null })),
      "no value of fee: nothing can be told of it",
    ],
    [
      "ids",
      many.map((row, n) => ({ ...row, fee: `id ${n}` })),
      "no value of fee that enough rows share, as ids do: only missing values of it are compared",
    ],
    [
      "no times",
      [...binary, ...binary],
      "no row has a timestamp: limits stay provisional, they notify and start no retrain",
    ],
    [
      "some times",
      [...timed, ...binary],
      "80 rows have no timestamp: limits stay provisional, they notify and start no retrain",
    ],
    [
      "no labels",
      many.map(({ label: _, ...row }) => row),
      "no promise: rules on performance need predictions and labels to compare with",
    ],
  ])("%s", async (_, rows, said) => expect(await of(rows)).toEqual([said]));
});

describe("another file for a version that has a baseline", () => {
  const others = binary.slice(1);
  /** A check of the model against its champion's baseline, done. */
  async function checked(modelId: string): Promise<void> {
    const [at, model] = [new Date("2026-01-02"), await state.models.get(modelId)];
    const revision = samplePolicyRevision(modelId);
    const row = sampleCheck(
      {
        modelId,
        policyRevisionId: revision.id,
        versionId: model.championVersion ?? "",
        baselineId: model.championBaseline ?? "",
      },
      at,
      { versionId: model.championVersion, baselineId: model.championBaseline },
    );
    const { versionId, baselineId } = row;
    const seen = {
      reason: undefined,
      quarantined: 0,
      rowCount: 1,
      quality: [],
      performance: {},
      doneAt: at,
      versionId,
      baselineId,
    };
    await state.transaction(async (tx) => {
      await tx.policies.insert(revision);
      await tx.checks.insert(row);
      await tx.checks.finish(row.id, { state: "done", verdict: "ok", ...seen });
    });
  }
  const recordsOf = async (model: string) =>
    (await state.records.list(0, 10_000)).filter(({ subject }) => subject === model);

  test("replaces it while nothing was checked against it, and serves in its place", async () => {
    const model = freshModel();
    const first = await register(model, binary);
    const second = await register(model, others);
    expect(second).toMatchObject({ already: false, replaced: true, champion: true, rows: 79 });
    expect(second.versionId).toBe(first.versionId);
    expect(await state.models.get(first.modelId)).toMatchObject({
      championBaseline: second.baselineId,
      championEpoch: 1,
    });
    expect((await state.baselines.ofVersion(first.versionId))?.id).toBe(second.baselineId);
    expect((await state.aliases.history(first.modelId, "champion")).map(({ baselineId }) => baselineId)).toEqual([
      first.baselineId,
      second.baselineId,
    ]);
    const records = await recordsOf(model);
    expect(records.map(({ kind }) => kind)).toEqual(["baseline registered", "baseline replaced"]);
    expect(JSON.parse(records[1]?.payload ?? "")).toMatchObject({ replaces: first.baselineId, rows: 79 });
    expect(await register(model, others)).toMatchObject({ already: true, baselineId: second.baselineId });
    expect(await register(model, binary)).toMatchObject({ already: false, replaced: true });
  });

  test("of a version that does not serve leaves the champion alone", async () => {
    const model = freshModel();
    const champion = await register(model, binary);
    await register(model, binary.slice(2), { version: "v2" });
    expect(await register(model, others, { version: "v2" })).toMatchObject({ replaced: true, champion: false });
    expect((await state.models.get(champion.modelId)).championBaseline).toBe(champion.baselineId);
  });

  test("is refused once a check was made against it, unless it is said why; what was there stays", async () => {
    const model = freshModel();
    const first = await register(model, binary);
    await checked(first.modelId);
    await expect(register(model, others)).rejects.toMatchObject({
      code: "Conflict",
      message: `version v1 of ${model} has a baseline already, from train, and checks were made against it`,
      hint: expect.stringContaining("--replace --reason"),
    });
    expect((await state.models.get(first.modelId)).championBaseline).toBe(first.baselineId);
    const second = await register(model, others, { replace: "the first had no labels" });
    expect(second).toMatchObject({ replaced: true, champion: true });
    const last = (await recordsOf(model)).at(-1);
    expect(JSON.parse(last?.payload ?? "")).toMatchObject({
      reason: "the first had no labels",
      replaces: first.baselineId,
    });
    expect((await state.aliases.history(first.modelId, "champion")).at(-1)?.reason).toBe(
      "baseline replaced: the first had no labels",
    );
    expect((await state.baselines.get(first.baselineId)).rowCount).toBe(80);
  });

  test("two at once: one after the other, and the champion has the newest", async () => {
    const model = freshModel();
    const first = await register(model, binary);
    const other = { ...ports, state: await state.another() };
    const input = (rows: readonly object[]) => ({
      model,
      version: "v1",
      actor: testActor,
      from: { rows, name: "train" },
    });
    await Promise.all([
      registerBaseline(ports, input(binary.slice(3))),
      registerBaseline(other, input(binary.slice(4))),
    ]);
    const history = await state.aliases.history(first.modelId, "champion");
    expect(history.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await state.models.get(first.modelId)).championBaseline).toBe(history[2]?.baselineId);
  });
});

test("predictions alone are a baseline: their drift can be tested", async () => {
  const from = { file: log.write("predictions.csv", `prediction\n${binary.map((_, n) => n / 7).join("\n")}\n`) };
  const result = await registerBaseline(ports, { model: freshModel(), version: "v1", actor: testActor, from });
  expect(result).toMatchObject({ rows: 80, features: {}, task: "regression" });
  const { bins } = decodeProfile((await state.baselines.get(result.baselineId)).profile);
  expect(bins.map(({ name }) => name)).toEqual(["prediction"]);
});

describe("files that cannot be a baseline change nothing", () => {
  test.each([
    ["no rows", "x,prediction\n", "expected rows to compare with; it has none"],
    ["no good row", "x,prediction,timestamp\n1,0,yesterday\n", "none of its 1 can be used: line 2: timestamp"],
    ["labels alone", "label\n1\n0\n", "expected features or predictions to compare with; it has no column of one"],
    [
      "features and predictions without values",
      "x,y,prediction,label\n,,,1\n",
      "expected features or predictions to compare with; no row has a value of x, y",
    ],
    ["a name that is taken", "x,_invalid\n1,2\n", 'cannot be called "_invalid"'],
  ])("%s", async (_, text, message) => {
    const model = freshModel();
    const from = { file: log.write("baseline.csv", text) };
    await expect(registerBaseline(ports, { model, version: "v1", actor: testActor, from })).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringContaining(message),
    });
    expect(await state.models.find(model)).toBeUndefined();
  });

  test("a version without a name", async () => {
    await expect(register(freshModel(), binary, { version: "" })).rejects.toMatchObject({ code: "InvalidInput" });
  });
});

test("the same registered twice at once is registered once", async () => {
  const model = freshModel();
  const other = { ...ports, state: await state.another() };
  const from = { rows: binary, name: "train" };
  const input = { model, version: "v1", actor: testActor, from };
  const results = await Promise.all([registerBaseline(ports, input), registerBaseline(other, input)]);
  expect(results.map(({ already }) => already).sort()).toEqual([false, true]);
  expect(new Set(results.map(({ baselineId }) => baselineId)).size).toBe(1);
  expect(await state.aliases.history(results[0].modelId, "champion")).toHaveLength(1);
  const folders = readdirSync(join(log.folder, "log", results[0].modelId, "baselines"));
  expect(folders).toEqual([`${results[0].baselineId}.parquet`]);
});

test("values are typed as the log types them, whatever the format", async () => {
  const model = freshModel();
  const lines = binary.map(
    ({ age, plan, prediction, label }, n) =>
      `${age},${plan},${prediction === 1 ? "True" : "False"},${label},${n === 5 ? "inf" : n}`,
  );
  const from = { file: log.write("b.csv", `age,plan,prediction,label,big\n${lines.join("\n")}\n`) };
  const result = await registerBaseline(ports, { model, version: "v1", actor: testActor, from });
  expect(result).toMatchObject({ task: "binary", features: { age: "numeric", plan: "categorical", big: "numeric" } });
  const { bins, counts } = decodeProfile((await state.baselines.get(result.baselineId)).profile);
  const at = bins.findIndex(({ name }) => name === "big");
  expect(counts.features[at]).toMatchObject({ positiveInfinity: 1, missing: 0, invalid: 0, maximum: 79 });
});
