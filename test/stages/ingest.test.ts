import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DriftwardError } from "../../src/core/errors.ts";
import { type IngestInput, type IngestPorts, type IngestResult, ingest } from "../../src/stages/ingest.ts";
import { openTestLog, type TestLog, testActor } from "../support/open-test-log.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

let state: TestState;
let log: TestLog;
let ports: IngestPorts;
beforeAll(async () => {
  state = await openTestState();
  log = await openTestLog();
  ports = log.ports(state);
});
afterAll(async () => {
  await log.close();
  await state.close();
});

let models = 0;
const freshModel = (): string => {
  models += 1;
  return `m${models}`;
};

type More = Partial<Omit<IngestInput, "model" | "from">>;

function ingestFile(model: string, name: string, content: string, more: More = {}): Promise<IngestResult> {
  const from = { file: log.write(name, content) };
  return ingest(ports, { model, kind: "predictions", actor: testActor, ...more, from });
}

function ingestRows(model: string, rows: readonly Record<string, unknown>[], more: More = {}): Promise<IngestResult> {
  return ingest(ports, { model, kind: "predictions", actor: testActor, ...more, from: { rows } });
}

const csv = `prediction_id,timestamp,model_version,prediction,age,plan
p1,2026-06-01T00:00:00Z,v1,0.5,30,basic
p2,2026-06-01T01:00:00Z,v1,0.7,,pro
p3,2026-06-02T00:00:00Z,v2,0.1,41.5,basic
`;

test("ids of 64 bits that one double would hold are two predictions, each with its own label", async () => {
  const model = freshModel();
  const row = (id: string, prediction: number) =>
    `{"prediction_id":${id},"timestamp":"2026-06-01T00:00:00Z","model_version":"v1","prediction":${prediction},"x":1,"code":${id}}\n`;
  const ids = ["9007199254740992", "9007199254740993"];
  const result = await ingestFile(model, "ids.ndjson", ids.map((id, n) => row(id, n)).join(""));
  expect(result).toMatchObject({ accepted: 2, refused: 0 });
  expect((await log.rows(state, model)).map((kept) => kept.prediction_id).sort()).toEqual(ids);
});

describe("a first file", () => {
  let model: string;
  let result: IngestResult;
  beforeAll(async () => {
    model = freshModel();
    result = await ingestFile(model, "first.csv", csv);
  });

  test("comes into the log, one file a day", async () => {
    expect(result).toMatchObject({ accepted: 3, known: 0, refused: 0, already: false, rejectFile: undefined });
    const files = await state.log.files(result.modelId, "predictions", {});
    expect(files.map(({ seq, day, rowCount, ingestId }) => [seq, day, rowCount, ingestId])).toEqual([
      [1, "2026-06-01", 2, result.ingestId],
      [2, "2026-06-02", 1, result.ingestId],
    ]);
    expect(await log.rows(state, model)).toMatchObject([
      { prediction_id: "p1", prediction: 0.5, age: 30, plan: "basic", _invalid: null },
      { prediction_id: "p2", age: null, plan: "pro" },
      { prediction_id: "p3", age: 41.5, model_version: "v2" },
    ]);
  });

  test("settles the kinds of the model's features, and that predictions are numbers", async () => {
    const row = await state.models.get(result.modelId);
    expect(row.features).toEqual({ age: "numeric", plan: "categorical", prediction: "numeric" });
    expect(row.logSeq).toBe(2);
  });

  test("leaves a task of counting for each file, and is on record", async () => {
    const tasks = (await state.outbox.open(100)).filter(({ subject }) => result.files.some(({ id }) => id === subject));
    expect(tasks.map(({ kind, key, subject }) => [kind, key === `count-${subject}`])).toEqual([
      ["count", true],
      ["count", true],
    ]);
    const records = (await state.records.list(0, 1_000)).filter(({ subject }) => subject === model);
    expect(records.map(({ kind, actor }) => [kind, actor])).toEqual([
      ["log extended", testActor],
      ["file ingested", testActor],
    ]);
    expect(JSON.parse(records[0]?.payload ?? "")).toMatchObject({
      files: result.files.map(({ sha256 }) => ({ sha256 })),
    });
    expect(JSON.parse(records[1]?.payload ?? "")).toMatchObject({ accepted: 3, refused: 0 });
  });

  test("sent again changes nothing and says so", async () => {
    const before = await state.records.list(0, 1_000);
    const again = await ingestFile(model, "other-name.csv", csv);
    expect(again).toMatchObject({ already: true, accepted: 3, ingestId: result.ingestId, files: [] });
    expect(await state.records.list(0, 1_000)).toHaveLength(before.length);
  });

  test("in another format has rows that are known", async () => {
    const lines = [
      { prediction_id: "p1", timestamp: "2026-06-01T02:00:00+02:00", model_version: "v1", prediction: 0.5, age: 30 },
      { plan: "pro", prediction_id: "p2", timestamp: "2026-06-01 01:00:00Z", model_version: "v1", prediction: 0.7 },
    ];
    Object.assign(lines[0] ?? {}, { plan: "basic", empty: null });
    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    expect(await ingestFile(model, "same.ndjson", text)).toMatchObject({ accepted: 0, known: 2, refused: 0 });
    expect(await log.rows(state, model)).toHaveLength(3);
  });
});

test("rows that cannot be kept are refused with line and reason, the others are not", async () => {
  const model = freshModel();
  const text = `prediction_id,timestamp,model_version,prediction,age
p1,2026-06-01T00:00:00Z,v1,0.5,30
,2026-06-01T00:00:00Z,v1,0.5,30
p3,yesterday,v1,0.5,30
p4,2026-06-01T00:00:00Z,,0.5,30
p5,2026-06-01T00:00:00Z,v1,,30
p6,2026-06-01T00:00:00Z,v1,0.5,30,7
p7,2026-06-17T00:00:00Z,v1,0.5,30
p1,2026-06-01T00:00:00Z,v1,0.6,30
p1,2026-06-01T00:00:00Z,v1,0.5,30
`;
  const result = await ingestFile(model, "refused.csv", text);
  expect(result).toMatchObject({ accepted: 1, known: 1, refused: 7 });
  const rejects = readFileSync(result.rejectFile ?? "", "utf8")
    .trim()
    .split("\n");
  expect(rejects.map((line) => JSON.parse(line)).map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    "3 prediction_id is missing",
    '4 timestamp "yesterday" is not ISO 8601 (2026-01-31T08:00:00Z)',
    "5 model_version is missing",
    "6 prediction is missing",
    "7 has 6 fields, and the header has 5",
    "8 timestamp 2026-06-17T00:00:00.000Z is in the future",
    '9 prediction_id "p1" is known with other content, and the log does not change',
  ]);
  expect(JSON.parse(rejects[1] ?? "").row).toEqual({
    prediction_id: "p3",
    timestamp: "yesterday",
    model_version: "v1",
    prediction: "0.5",
    age: "30",
  });
  expect(result.reasons[0]).toBe("line 3: prediction_id is missing");
  expect(result.reasons).toHaveLength(5);
  expect(await state.log.findIngest(result.modelId, "no such digest")).toBeUndefined();
  expect((await log.rows(state, model)).map((row) => row.prediction)).toEqual([0.5]);
});

test("a value that is not of its kind is kept as invalid; kinds stay as first seen; new columns are added", async () => {
  const model = freshModel();
  const base = { timestamp: "2026-06-01", model_version: "v1", prediction: 1 };
  await ingestRows(model, [{ ...base, prediction_id: "a", age: 30 }]);
  const result = await ingestRows(model, [{ ...base, prediction_id: "b", age: "old", score: 3, zone: "x" }]);
  expect(result).toMatchObject({ accepted: 1, refused: 0 });
  expect(await log.rows(state, model)).toMatchObject([
    { prediction_id: "a", age: 30, zone: null, _invalid: null },
    { prediction_id: "b", age: null, zone: "x", score: null, _invalid: '["age","score"]' },
  ]);
  expect((await state.models.get(result.modelId)).features).toEqual({
    age: "numeric",
    prediction: "numeric",
    zone: "categorical",
  });
});

test("a column without values waits for the file that has some", async () => {
  const model = freshModel();
  const base = { timestamp: "2026-06-01", model_version: "v1", prediction: 1 };
  await ingestRows(model, [{ ...base, prediction_id: "a", late: null }]);
  const { modelId } = await ingestRows(model, [{ ...base, prediction_id: "b", late: "x" }]);
  expect((await state.models.get(modelId)).features).toEqual({ prediction: "numeric", late: "categorical" });
});

describe("timestamps that are numbers", () => {
  const rows = (...times: readonly number[]) =>
    times.map((timestamp, n) => ({ prediction_id: `p${n}`, timestamp, model_version: "v", prediction: 1 }));

  test("are of the unit that their size tells, and the result says which", async () => {
    const model = freshModel();
    const result = await ingestRows(model, rows(1_780_272_000, 1_780_275_600));
    expect(result).toMatchObject({ accepted: 2, epoch: "s" });
    expect(result.files).toMatchObject([{ firstAt: new Date(1_780_272_000_000) }]);
    expect(await ingestRows(freshModel(), rows(1_780_272_000_000))).toMatchObject({ epoch: "ms" });
  });

  test("of two units in one file are not guessed at", async () => {
    await expect(ingestRows(freshModel(), rows(1_780_272_000, 1_780_272_000_000))).rejects.toMatchObject({
      code: "InvalidData",
      message: "rows: expected one unit in timestamp, got s (row 1) and ms (row 2)",
    });
  });

  test("follow the unit that is declared", async () => {
    const result = await ingestRows(freshModel(), rows(1_780_272_000, 1_780_272_000_000), { epoch: "ms" });
    expect(result).toMatchObject({ accepted: 2, epoch: "ms" });
    expect(result.files.map(({ day }) => day)).toEqual(["1970-01-21", "2026-06-01"]);
  });
});

describe("labels", () => {
  test("are taken before and after their predictions, once", async () => {
    const model = freshModel();
    const labels = "prediction_id,label,label_timestamp\np1,1,2026-06-05\np9,0,2026-06-06\n";
    const first = await ingestFile(model, "labels.csv", labels, { kind: "labels" });
    expect(first).toMatchObject({ accepted: 2, refused: 0 });
    await ingestFile(model, "first.csv", csv);
    const more = "prediction_id,label,label_timestamp\np1,1,2026-06-05\np9,1,2026-06-06\np2,yes,2026-06-06\n";
    const second = await ingestFile(model, "more.csv", more, { kind: "labels" });
    expect(second).toMatchObject({ accepted: 0, known: 1, refused: 2 });
    expect(second.reasons[0]).toMatch('prediction_id "p9" is known with other content');
    expect(second.reasons[1]).toBe('line 4: label "yes" is no number, as this model\'s predictions are');
    expect(await log.rows(state, model, "labels")).toMatchObject([{ label: 1 }, { label: 0 }]);
    const tasks = await state.outbox.open(1_000);
    expect(tasks.filter(({ subject }) => first.files.some(({ id }) => id === subject))).toEqual([]);
  });

  test("and predictions may come in one file, which is read twice", async () => {
    const model = freshModel();
    const text = `${csv.replace("plan\n", "plan,label,label_timestamp\n").replaceAll(/(basic|pro)\n/g, "$1,1,2026-06-09\n")}`;
    expect(await ingestFile(model, "both.csv", text)).toMatchObject({ accepted: 3 });
    expect(await ingestFile(model, "both.csv", text, { kind: "labels" })).toMatchObject({
      accepted: 3,
      already: false,
    });
    const [model1] = [await state.models.find(model)];
    expect(Object.keys(model1?.features ?? {}).sort()).toEqual(["age", "plan", "prediction"]);
  });
});

describe("a file that cannot be used changes nothing", () => {
  const good = "prediction_id,timestamp,model_version,prediction\n";
  test.each([
    ["no header", "p1,2026-06-01,v1,0.5\np2,2026-06-01,v1,0.5\n", 'expected a column "prediction_id"'],
    ["a column lacking", "prediction_id,timestamp,model_version\np1,2026-06-01,v1\n", 'expected a column "prediction"'],
    ["the same column twice", `${good.trim()},a,a\n`, 'column "a" is there twice'],
    ["a name with a control character", `${good.trim()},"a\tb"\n`, "control character"],
    ["one of the log's own columns", `${good.trim()},_hour\n`, 'cannot be called "_hour"'],
    [
      "a quote left open at the end",
      `${good}${"p1,2026-06-01,v1,1\n".repeat(50)}p2,"2026-06-01,v1,1\n`,
      "Quote Not Closed",
    ],
    ["numbers and text as predictions", `${good}p1,2026-06-01,v1,1\np2,2026-06-01,v1,cat\n`, "1 numbers and 1 others"],
  ])("%s", async (_, text, message) => {
    const model = freshModel();
    const error: unknown = await ingestFile(model, "bad.csv", text, { chunkRows: 10 }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(DriftwardError);
    expect(error).toMatchObject({ code: "InvalidData", message: expect.stringContaining(message) });
    expect((error as DriftwardError).hint).toBeTruthy();
    expect(await state.models.find(model)).toBeUndefined();
  });

  test("a model that cannot be, a mapping that is none", async () => {
    await expect(ingestRows("../x", [])).rejects.toMatchObject({ code: "InvalidInput" });
    await expect(ingestRows("x", [], { mapping: { a: "b" } })).rejects.toMatchObject({ code: "InvalidInput" });
  });
});

test("a file of many chunks is the same as one of one", async () => {
  const rows = Array.from({ length: 95 }, (_, n) => ({
    prediction_id: `p${n % 90}`,
    timestamp: new Date(Date.UTC(2026, 4, 1 + (n % 3))),
    model_version: "v",
    prediction: n % 90,
    x: n % 90,
  }));
  const model = freshModel();
  const result = await ingestRows(model, rows, { chunkRows: 10 });
  expect(result).toMatchObject({ accepted: 90, known: 5, refused: 0 });
  expect(await log.rows(state, model)).toHaveLength(90);
  expect((await state.models.get(result.modelId)).logSeq).toBe(result.files.length);
});

test("a mapping serves other names, and another mapping is another reading", async () => {
  const model = freshModel();
  const text = "id,at,v,p,proba\n1,2026-06-01,a,0,0.2\n";
  const mapping = { prediction_id: "id", timestamp: "at", model_version: "v", prediction: "p" };
  expect(await ingestFile(model, "m.csv", text, { mapping })).toMatchObject({ accepted: 1 });
  expect(await ingestFile(model, "m.csv", text, { mapping: { ...mapping, score: "proba" } })).toMatchObject({
    already: false,
    refused: 1,
  });
});

test("names of columns are data, whatever they look like", async () => {
  const corpus = JSON.parse(readFileSync("test/fixtures/ingest/hostile-names.json", "utf8")) as { accepted: string[] };
  const names = corpus.accepted;
  const model = freshModel();
  const row = Object.fromEntries(names.map((name, n) => [name, n % 2 === 0 ? n : name]));
  const system = { prediction_id: "p", timestamp: "2026-06-01", model_version: "v", prediction: 1 };
  const line = JSON.stringify({ ...system, ...row });
  expect(await ingestFile(model, "hostile.ndjson", `${line}\n`)).toMatchObject({ accepted: 1, refused: 0 });
  const [kept] = await log.rows(state, model);
  expect(kept).toMatchObject(row);
  const header = ["prediction_id", "timestamp", "model_version", "prediction", ...names];
  const quoted = (cells: readonly unknown[]) =>
    cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",");
  const cells = [...Object.values(system), ...names.map((name) => row[name])];
  const same = await ingestFile(model, "hostile.csv", `${quoted(header)}\n${quoted(cells)}\n`);
  expect(same).toMatchObject({ accepted: 0, known: 1, refused: 0 });
});
