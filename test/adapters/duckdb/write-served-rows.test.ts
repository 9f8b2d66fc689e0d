import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  // 50,000 predictions, a minute apart and in no order; every third is of another version, every tenth has no label.
  await opened.sql(
    `COPY (SELECT 'p' || i AS prediction_id, TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS timestamp,
       CASE WHEN i % 3 = 0 THEN 'v2' ELSE 'v1' END AS model_version, (i % 2)::DOUBLE AS prediction, (i % 100) / 100.0::DOUBLE AS score,
       'e' || i % 5 AS entity_id, i::DOUBLE AS age, 'c' || i % 4 AS city,
       TIMESTAMP '2024-01-01' AS _hour, CASE WHEN i = 1 THEN '["age"]' END AS _invalid
       FROM range(50000) t(i) ORDER BY hash(i)) TO '$DIR/predictions.parquet' (FORMAT parquet)`,
  );
  await opened.sql(
    `COPY (SELECT 'p' || i AS prediction_id, (i % 5)::DOUBLE AS label, TIMESTAMP '2024-02-01' AS label_timestamp
       FROM range(50000) t(i) WHERE i % 10 > 0) TO '$DIR/labels.parquet' (FORMAT parquet)`,
  );
});
afterAll(() => opened.close());

const minute = (i: number): Date => new Date(Date.UTC(2024, 0, 1) + i * 60_000);
const parquet = (name: string) => ({ paths: [opened.path(name)], format: "parquet" }) as const;
const asked = (name: string, to: number) => ({
  ...{ predictions: parquet("predictions.parquet"), labels: parquet("labels.parquet"), modelVersion: "v1" },
  ...{ from: minute(0), to: minute(to), except: [{ start: minute(4), end: minute(6) }], labelledBefore: minute(8) },
  path: opened.path(name),
});

test("writes the rows of one version in a time, by time, without what is in quarantine; young ones have no label", async () => {
  expect(await opened.engine.writeServedRows(asked("few.parquet", 12))).toEqual({ rows: 6 });
  const { columns } = await opened.engine.describe(parquet("few.parquet"));
  const names = columns.map(({ name }) => name);
  expect(names).toEqual(["timestamp", "prediction", "score", "entity_id", "age", "city", "_invalid", "label"]);
  const rows = await opened.engine.rows({ files: parquet("few.parquet"), columns: names, limit: 100 });
  expect(rows.map(({ age, label }) => [age, label])).toEqual([
    ...[1, 2, 7].map((i) => [i, i % 5]),
    ...[8, 10, 11].map((i) => [i, undefined]),
  ]);
  expect(rows[0]).toMatchObject({
    timestamp: minute(1),
    prediction: 1,
    entity_id: "e1",
    city: "c1",
    _invalid: '["age"]',
  });
});

test("the same rows are the same file, whoever writes it", async () => {
  const digest = (name: string) =>
    createHash("sha256")
      .update(readFileSync(opened.path(name)))
      .digest("hex");
  await opened.engine.writeServedRows(asked("one.parquet", 50_000));
  await opened.engine.writeServedRows(asked("other.parquet", 50_000));
  expect(digest("one.parquet")).toBe(digest("other.parquet"));
});
