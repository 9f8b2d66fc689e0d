import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createParquetLog } from "../../../src/adapters/parquet-log/parquet-log.ts";
import type { LogPrediction, PredictionLog, RowSchema } from "../../../src/ports/log.ts";

const modelId = "0f8fad5b-d9cb-469f-a165-70867728950e";
const otherId = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const hostile = ['a"; drop table t; --', "__proto__", "select", "{{7*7}}", "é ", "'"];
const schema: RowSchema = {
  prediction: "numeric",
  scores: ["score", "score_x"],
  features: [{ name: "age", kind: "numeric" }, ...hostile.map((name) => ({ name, kind: "categorical" as const }))],
};

let root: string;
let log: PredictionLog;
let instance: DuckDBInstance;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "dw-log-"));
  log = createParquetLog(root);
  instance = await DuckDBInstance.create(":memory:");
});
afterAll(async () => {
  await log.close();
  instance.closeSync();
  rmSync(root, { recursive: true });
});

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(sql);
  const [names, rows] = [result.columnNames(), result.getRowsJson()];
  connection.closeSync();
  // Not as the library makes objects: a column __proto__ would be lost.
  return rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index] ?? "", value])));
}

function prediction(id: string, at: string, change: Partial<LogPrediction> = {}): LogPrediction {
  return {
    predictionId: id,
    timestamp: new Date(at),
    modelVersion: "v1",
    prediction: 0.5,
    scores: [0.25, undefined],
    entityId: undefined,
    features: [30, ...hostile],
    invalid: [],
    ...change,
  };
}

test("writes one file a day, with what they hold and their digest", async () => {
  const files = await log.writePredictions(
    modelId,
    [
      prediction("b", "2026-01-02T10:30:00Z"),
      prediction("a", "2026-01-01T23:59:59.999Z"),
      prediction("c", "2026-01-02T00:00:00Z"),
    ],
    schema,
  );
  expect(files).toMatchObject([
    { day: "2026-01-01", rowCount: 1, firstAt: new Date("2026-01-01T23:59:59.999Z") },
    {
      day: "2026-01-02",
      rowCount: 2,
      firstAt: new Date("2026-01-02T00:00:00Z"),
      lastAt: new Date("2026-01-02T10:30:00Z"),
    },
  ]);
  for (const file of files) {
    expect(file.path).toBe(`${modelId}/predictions/${file.day}/${file.id}.parquet`);
    expect(
      createHash("sha256")
        .update(readFileSync(log.locate(file)))
        .digest("hex"),
    ).toBe(file.sha256);
    expect(readdirSync(join(log.locate(file), ".."))).toEqual([`${file.id}.parquet`]);
  }
});

test("rows come back as they were, under any name", async () => {
  const rows = [
    prediction("p1", "2026-02-01T10:30:00.123Z", { entityId: "e", invalid: ["age", 'x"y'], features: [] }),
    prediction("p2", "2026-02-01T11:00:00Z", { features: [Number.POSITIVE_INFINITY, "", "\u{1f600}"] }),
  ];
  const [file] = await log.writePredictions(modelId, rows, schema);
  const read = await query(`select *, epoch_ms(timestamp) as ms, epoch_ms(_hour) as hour
    from read_parquet('${log.locate(file ?? { path: "" })}') order by 1`);
  const missing = Object.fromEntries(hostile.map((name) => [name, null]));
  expect(read).toMatchObject([
    {
      ...missing,
      prediction_id: "p1",
      ms: String(Date.parse("2026-02-01T10:30:00.123Z")),
      hour: String(Date.parse("2026-02-01T10:00:00Z")),
      model_version: "v1",
      prediction: 0.5,
      score: 0.25,
      score_x: null,
      entity_id: "e",
      age: null,
      _invalid: '["age","x\\"y"]',
    },
    { age: "Infinity", [hostile[0] ?? ""]: "", [hostile[1] ?? ""]: "\u{1f600}", _invalid: null },
  ]);
});

test("predictions that are classes are text, and so are their labels", async () => {
  const classes: RowSchema = { prediction: "categorical", scores: [], features: [] };
  const row = prediction("p", "2026-02-01", { prediction: "cat", scores: [], features: [] });
  const [file] = await log.writePredictions(modelId, [row], classes);
  const [labels] = await log.writeLabels(
    modelId,
    [{ predictionId: "p", label: "dog", labelTimestamp: new Date("2026-03-01") }],
    classes,
  );
  expect(labels?.path).toMatch(`${modelId}/labels/2026-03-01/`);
  expect(await query(`select prediction from read_parquet('${log.locate(file ?? { path: "" })}')`)).toEqual([
    { prediction: "cat" },
  ]);
  expect(await query(`select * from read_parquet('${log.locate(labels ?? { path: "" })}')`)).toMatchObject([
    { prediction_id: "p", label: "dog" },
  ]);
});

test("a baseline keeps its rows in one file; the same id replaces it", async () => {
  async function* parts() {
    for (let part = 0; part < 3; part += 1)
      yield Array.from({ length: 3_000 }, (_, i) => ({
        timestamp: undefined,
        prediction: part,
        label: i % 2,
        scores: [],
        entityId: undefined,
        features: [i],
        invalid: [],
      }));
  }
  const small: RowSchema = { prediction: "numeric", scores: [], features: [{ name: "age", kind: "numeric" }] };
  const first = await log.writeBaseline(modelId, otherId, parts(), small);
  const again = await log.writeBaseline(modelId, otherId, parts(), small);
  expect(again).toEqual(first);
  expect(first).toMatchObject({ rowCount: 9_000, path: log.baselinePath(modelId, otherId) });
  expect(await query(`select count(*) as n, sum(label) as s from read_parquet('${log.locate(first)}')`)).toEqual([
    { n: "9000", s: 4_500 },
  ]);
});

test("rows that cannot be delivered leave nothing behind", async () => {
  async function* broken() {
    yield [];
    throw new Error("the file broke off");
  }
  const id = "11111111-1111-4111-8111-111111111111";
  await expect(log.writeBaseline(modelId, id, broken(), schema)).rejects.toThrow("the file broke off");
  expect(readdirSync(join(root, modelId, "baselines")).filter((name) => name.startsWith(id))).toEqual([]);
});

test("several writes at once do not meet", async () => {
  const writes = Array.from({ length: 8 }, (_, n) =>
    log.writePredictions(otherId, [prediction(`p${n}`, "2026-01-01")], schema),
  );
  const files = (await Promise.all(writes)).flat();
  expect(new Set(files.map(({ path }) => path)).size).toBe(8);
  const ids = await query(`select prediction_id as id from read_parquet('${root}/${otherId}/predictions/*/*.parquet')`);
  expect(ids.map(({ id }) => id).sort()).toEqual(Array.from({ length: 8 }, (_, n) => `p${n}`));
});

test("only ids go into paths, and no path leads out of the log", async () => {
  await expect(log.writePredictions("../x", [prediction("p", "2026-01-01")], schema)).rejects.toThrow(
    "expected a uuid",
  );
  expect(() => log.locate({ path: "../../etc/passwd" })).toThrow("inside the log");
  expect(() => log.baselinePath(modelId, "..")).toThrow("expected a uuid");
});

test("discards files, and finds those that nobody writes any more", async () => {
  const [file] = await log.writePredictions(otherId, [prediction("x", "2025-05-05")], schema);
  if (file === undefined) throw new Error("expected a file");
  const unfinished = `${log.locate(file)}.123.new`;
  writeFileSync(unfinished, "half");
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(unfinished, longAgo, longAgo);
  const settled = await log.settled(60_000);
  expect(settled).toEqual([{ modelId: otherId, path: `${file.path}.123.new` }]);
  await log.discard([file, ...settled]);
  expect([existsSync(log.locate(file)), existsSync(unfinished)]).toEqual([false, false]);
  await log.discard([file]);
});
