import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  await opened.sql(
    `COPY (SELECT 'r' || i AS id, 'p' || i AS prediction_id FROM range(1, 11) t(i)) TO '$DIR/key.parquet'`,
  );
});
afterAll(() => opened.close());

let made = 0;
/** Rows 1 to 10: what the file says and what was logged of each, as SQL over i. */
async function match(filed: string, logged: string, where = "true") {
  made += 1;
  const [file, shadow] = [`file-${made}.parquet`, `shadow-${made}.parquet`];
  await opened.sql(`COPY (SELECT 'r' || i AS id, ${filed} FROM range(1, 11) t(i)) TO '$DIR/${file}'`);
  await opened.sql(
    `COPY (SELECT 'evaluation-7-r' || i AS prediction_id, '2' AS model_version, ${logged} FROM range(1, 11) t(i) WHERE ${where}
       UNION ALL BY NAME SELECT 'live' AS prediction_id, '2' AS model_version, ${logged} FROM range(1) t(i)
       UNION ALL BY NAME SELECT 'evaluation-7-r1' AS prediction_id, '1' AS model_version, ${logged} FROM range(1) t(i)) TO '$DIR/${shadow}'`,
  );
  return opened.engine.matchEvaluation({
    ...{ keyPath: opened.path("key.parquet"), predictionsPath: opened.path(file), prefix: "evaluation-7-" },
    challenger: { files: { paths: [opened.path(shadow)], format: "parquet" }, version: "2" },
  });
}

const agreeing = { rows: 10, logged: 10, differing: 0 };

test("numbers agree within a millionth of their size, and no further", async () => {
  const filed = "i * 1000.0::DOUBLE AS prediction";
  expect(await match(filed, "i * 1000.0::DOUBLE * (1 + 9e-7) AS prediction")).toEqual(agreeing);
  expect(
    await match(filed, "i * 1000.0::DOUBLE * (1 + CASE WHEN i = 10 THEN 1.1e-6 ELSE 0 END) AS prediction"),
  ).toEqual({
    ...{ rows: 10, logged: 10, differing: 1 },
    worst: { id: "evaluation-7-r10", column: "prediction", filed: 10_000, logged: expect.closeTo(10_000.011, 6) },
  });
  // The unit does not matter.
  expect(await match("i * 1e-9::DOUBLE AS prediction", "i * 1.01e-9::DOUBLE AS prediction")).toMatchObject({
    differing: 10,
  });
});

test("a number near zero may be off by a millionth of the usual size", async () => {
  const filed = "CASE WHEN i = 1 THEN 1e-12 ELSE 1.0 END::DOUBLE AS prediction";
  expect(await match(filed, "CASE WHEN i = 1 THEN 0.0 ELSE 1.0 END::DOUBLE AS prediction")).toEqual(agreeing);
  expect(await match("0.0::DOUBLE AS prediction", "(i = 3)::INTEGER::DOUBLE AS prediction")).toMatchObject({
    ...{ differing: 1, worst: { id: "evaluation-7-r3", filed: 0, logged: 1 } },
  });
});

test("classes are the same or not, and worse than any number", async () => {
  const filed = "CASE WHEN i < 5 THEN 'yes' ELSE 'no' END AS prediction, 0.5::DOUBLE AS score";
  expect(await match(filed, filed)).toEqual(agreeing);
  const other =
    "CASE WHEN i < 6 THEN 'yes' ELSE 'no' END AS prediction, CASE WHEN i = 9 THEN 0.5 ELSE i / 10.0 END::DOUBLE AS score";
  expect(await match(filed, other)).toMatchObject({
    differing: 9,
    worst: { id: "evaluation-7-r5", column: "prediction", filed: "no", logged: "yes" },
  });
});

test("scores of every class are compared, where both sides have them", async () => {
  const filed = "1 AS prediction, 0.2::DOUBLE AS score_a, 0.8::DOUBLE AS score_b";
  expect(await match(filed, "1 AS prediction")).toEqual(agreeing);
  expect(await match(filed, "true AS prediction, NULL::DOUBLE AS score_a, 0.8::DOUBLE AS score_b")).toEqual(agreeing);
  expect(await match(filed, "1 AS prediction, 0.8::DOUBLE AS score_a, 0.2::DOUBLE AS score_b")).toMatchObject({
    ...{ differing: 10, worst: { filed: expect.any(Number) } },
  });
});

test("rows that were not logged are told, and those of other versions and ids are not counted", async () => {
  const said = "1.0::DOUBLE AS prediction";
  expect(await match(said, said, "i > 4")).toEqual({ rows: 10, logged: 6, differing: 0 });
  expect(await match(said, said, "false")).toEqual({ rows: 10, logged: 0, differing: 0 });
});
