import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { partOfHistory } from "../../../src/core/replay/labelled-history.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  // 100 predictions, one an hour; every tenth has no label, every seventh a second label that came later.
  await opened.sql(
    `COPY (SELECT 'p' || lpad(i::VARCHAR, 3, '0') AS prediction_id, TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS timestamp,
       CASE WHEN i < 60 THEN 'v1' ELSE 'v2' END AS model_version, (i % 2)::DOUBLE AS prediction, i / 100.0::DOUBLE AS score,
       CASE WHEN i % 3 > 0 THEN 'e' || i % 5 END AS entity_id, i::DOUBLE AS age, 'c' || i % 4 AS city,
       TIMESTAMP '2024-01-01' AS _hour, NULL::VARCHAR AS _invalid FROM range(100) t(i)) TO '$DIR/predictions.parquet' (FORMAT parquet)`,
  );
  await opened.sql(
    `COPY (SELECT 'p' || lpad(i::VARCHAR, 3, '0') AS prediction_id, (i % 5 = 0)::INTEGER::DOUBLE AS label, TIMESTAMP '2024-02-01' AS label_timestamp
       FROM range(100) t(i) WHERE i % 10 > 0
       UNION ALL SELECT 'p' || lpad(i::VARCHAR, 3, '0'), 9, TIMESTAMP '2024-03-01' FROM range(100) t(i) WHERE i % 7 = 0 AND i % 10 > 0
       UNION ALL SELECT 'unknown', 1, TIMESTAMP '2024-02-01') TO '$DIR/labels.parquet' (FORMAT parquet)`,
  );
});
afterAll(() => opened.close());

const hour = (i: number): Date => new Date(Date.UTC(2024, 0, 1) + i * 3_600_000);
const id = (i: number): string => `p${String(i).padStart(3, "0")}`;
const parquet = (name: string) => ({ paths: [opened.path(name)], format: "parquet" }) as const;
const sources = () => ({ predictions: parquet("predictions.parquet"), labels: parquet("labels.parquet") });

describe("labelled", () => {
  test("joins the first label of each prediction of the window, in order of time", async () => {
    const rows = await opened.engine.labelled({ ...sources(), from: hour(5), to: hour(25) });
    const expected = Array.from({ length: 20 }, (_, k) => k + 5).filter((i) => i % 10 > 0);
    expect(rows.predicted).toBe(20);
    expect(rows.predictionIds).toEqual(expected.map(id));
    expect([...rows.timestamps]).toEqual(expected.map((i) => hour(i).getTime()));
    expect(rows.timestamps).toBeInstanceOf(Float64Array);
    expect(rows.predictions).toEqual(expected.map((i) => i % 2));
    expect(rows.labels).toEqual(expected.map((i) => (i % 5 === 0 ? 1 : 0)));
    expect(rows.scores).toEqual(Float64Array.from(expected, (i) => i / 100));
    expect(rows.entities?.[0]).toBe("e0");
    expect(rows.entities?.[1]).toBe(`prediction ${id(6)}`);
  });

  test("takes one version, and none when nothing fits", async () => {
    const version = await opened.engine.labelled({ ...sources(), from: hour(50), to: hour(70), modelVersion: "v2" });
    expect([version.predicted, version.predictionIds[0], version.labels.length]).toEqual([10, id(61), 9]);
    const none = await opened.engine.labelled({ ...sources(), from: hour(500), to: hour(600) });
    expect(none).toMatchObject({ predicted: 0, predictionIds: [], labels: [] });
    const unlabelled = await opened.engine.labelled({
      predictions: parquet("predictions.parquet"),
      labels: { paths: [], format: "parquet" },
      from: hour(0),
      to: hour(10),
    });
    expect(unlabelled).toMatchObject({ predicted: 10, labels: [] });
    const unpredicted = { paths: [], format: "parquet" } as const;
    expect(
      await opened.engine.labelled({ ...sources(), predictions: unpredicted, from: hour(0), to: hour(1) }),
    ).toMatchObject({ predicted: 0 });
  });

  test("gives the same from CSV and NDJSON", async () => {
    const expected = await opened.engine.labelled({ ...sources(), from: hour(0), to: hour(100) });
    for (const format of ["csv", "ndjson"] as const) {
      for (const table of ["predictions", "labels"])
        await opened.sql(
          `COPY (FROM '$DIR/${table}.parquet') TO '$DIR/${table}.${format}' (FORMAT ${format === "csv" ? "csv, HEADER" : "json"})`,
        );
      const files = (table: string) => ({ paths: [opened.path(`${table}.${format}`)], format });
      const rows = await opened.engine.labelled({
        predictions: files("predictions"),
        labels: files("labels"),
        from: hour(0),
        to: hour(100),
      });
      expect(rows).toEqual(expected);
    }
  });

  test("has no scores when a row lacks one, and keeps text as text", async () => {
    await opened.sql(
      "COPY (SELECT * REPLACE (CASE WHEN i = 3 THEN NULL ELSE score END AS score, CASE WHEN prediction = 1 THEN 'yes' ELSE 'no' END AS prediction) FROM (SELECT *, age::INTEGER AS i FROM '$DIR/predictions.parquet')) TO '$DIR/text.parquet' (FORMAT parquet)",
    );
    const rows = await opened.engine.labelled({
      ...sources(),
      predictions: parquet("text.parquet"),
      from: hour(1),
      to: hour(5),
    });
    expect(rows.scores).toBeUndefined();
    expect(rows.predictions).toEqual(["yes", "no", "yes", "no"]);
  });
});

describe("the files of a run", () => {
  const run = (seed = 7, folder = "") => ({
    ...sources(),
    trainingFrom: hour(10),
    cut: hour(60),
    until: hour(90),
    seed,
    trainingPath: opened.path(`${folder}training.parquet`),
    evaluationPath: opened.path(`${folder}evaluation.parquet`),
    keyPath: opened.path(`${folder}key.parquet`),
  });
  const all = async (name: string, columns: readonly string[]) =>
    opened.engine.rows({ files: parquet(name), columns, limit: 1_000 });
  const names = async (name: string) =>
    (await opened.engine.describe(parquet(name))).columns.map((column) => column.name);

  test("split by time; the evaluation file has neither labels nor ids, and is shuffled by the seed", async () => {
    expect(await opened.engine.writeRunData(run())).toEqual({ trainingRows: 45, evaluationRows: 27 });
    expect(await names("training.parquet")).toEqual([
      "prediction_id",
      "timestamp",
      "entity_id",
      "age",
      "city",
      "label",
    ]);
    expect(await names("evaluation.parquet")).toEqual(["id", "age", "city"]);
    expect(await names("key.parquet")).toEqual([
      "id",
      "prediction_id",
      "timestamp",
      "model_version",
      "entity_id",
      "prediction",
      "score",
      "label",
    ]);
    const training = await all("training.parquet", ["prediction_id", "label", "age"]);
    expect(training.map((row) => row.age)).toEqual(
      Array.from({ length: 50 }, (_, k) => k + 10).filter((i) => i % 10 > 0),
    );
    const [evaluation, key] = [
      await all("evaluation.parquet", ["id", "age"]),
      await all("key.parquet", ["id", "prediction_id", "label"]),
    ];
    const ages = evaluation.map((row) => Number(row.age));
    expect([...ages].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, k) => k + 60).filter((i) => i % 10 > 0),
    );
    expect(ages).not.toEqual([...ages].sort((a, b) => a - b));
    expect(evaluation.map((row) => row.id)).toEqual(ages.map((_, i) => `r${i + 1}`));
    expect(key.map((row) => [row.id, row.prediction_id, row.label])).toEqual(
      ages.map((age, i) => [`r${i + 1}`, id(age), age % 5 === 0 ? 1 : 0]),
    );
    await opened.engine.writeRunData(run());
    expect(await all("evaluation.parquet", ["id", "age"])).toEqual(evaluation);
    await opened.engine.writeRunData(run(8));
    expect(await all("evaluation.parquet", ["id", "age"])).not.toEqual(evaluation);
  });

  test("have no rows where nothing is labelled", async () => {
    const request = { ...run(), labels: { paths: [], format: "parquet" } as const };
    expect(await opened.engine.writeRunData(request)).toEqual({ trainingRows: 0, evaluationRows: 0 });
    expect(await names("evaluation.parquet")).toEqual(["id", "age", "city"]);
  });

  test("never show the label as a feature, nor two columns called id", async () => {
    await opened.sql(
      "COPY (SELECT *, 1 AS label, 2 AS value FROM '$DIR/predictions.parquet') TO '$DIR/leak.parquet' (FORMAT parquet)",
    );
    await opened.engine.writeRunData({ ...run(), predictions: parquet("leak.parquet") });
    expect(await names("evaluation.parquet")).toEqual(["id", "age", "city", "value"]);
    expect((await all("training.parquet", ["label"])).filter((row) => row.label === 1)).toHaveLength(5);
    await opened.sql(
      "COPY (SELECT *, 1 AS \"ID\" FROM '$DIR/predictions.parquet') TO '$DIR/id.parquet' (FORMAT parquet)",
    );
    await expect(opened.engine.writeRunData({ ...run(), predictions: parquet("id.parquet") })).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringContaining('no feature called "ID"'),
    });
  });

  test("cannot be written outside of the allowed folders", async () => {
    await expect(opened.engine.writeRunData({ ...run(), trainingPath: "/tmp/outside.parquet" })).rejects.toMatchObject({
      code: "InvalidData",
    });
  });

  describe("readEvaluation", () => {
    const read = (champion: string | undefined = "v2", segments: readonly string[] = []) =>
      opened.engine.readEvaluation({
        keyPath: opened.path("key.parquet"),
        predictionsPath: opened.path("theirs.parquet"),
        trainingPath: opened.path("training.parquet"),
        inputsPath: opened.path("evaluation.parquet"),
        champion,
        segments,
      });
    const theirs = async (select: string) => opened.sql(`COPY (${select}) TO '$DIR/theirs.parquet' (FORMAT parquet)`);
    beforeAll(async () => {
      await opened.engine.writeRunData(run());
    });

    test("puts candidate and champion on the same rows", async () => {
      await theirs(
        "SELECT id, (age > 75)::INTEGER AS prediction, age / 100 AS score FROM '$DIR/evaluation.parquet' ORDER BY md5(id)",
      );
      const { candidate, champion, problem } = await read();
      expect(problem).toBeUndefined();
      expect(candidate.predictionIds).toEqual(champion.predictionIds);
      expect(candidate.labels).toEqual(champion.labels);
      expect(candidate.timestamps).toEqual(champion.timestamps);
      expect(candidate.entities).toEqual(champion.entities);
      const numbers = candidate.predictionIds.map((name) => Number(name.slice(1)));
      expect(numbers.length).toBe(27);
      expect(candidate.predictions).toEqual(numbers.map((i) => (i > 75 ? 1 : 0)));
      expect(champion.predictions).toEqual(numbers.map((i) => i % 2));
      expect(champion.labels).toEqual(numbers.map((i) => (i % 5 === 0 ? 1 : 0)));
      expect([...(candidate.scores ?? [])]).toEqual(numbers.map((i) => i / 100));
      expect(candidate.predicted).toBe(27);
    });

    const good = "SELECT id, 1.0 AS prediction, 0.5 AS score FROM '$DIR/evaluation.parquet'";
    test.each([
      ["a row too few", `${good} WHERE id NOT IN ('r3', 'r4')`, 'got 2 rows without a prediction, such as "r3"'],
      [
        "a row twice",
        `${good} UNION ALL SELECT 'r2', 0.0, 0.1`,
        'got 1 ids that are there more than once, such as "r2"',
      ],
      [
        "an unknown row",
        `${good} UNION ALL SELECT 'r999', 0.0, 0.1`,
        'got 1 ids that are not in the evaluation file, such as "r999"',
      ],
      ["a row without id", `${good} UNION ALL SELECT NULL, 0.0, 0.1`, "got 1 rows without an id"],
      [
        "null",
        "SELECT id, nullif(id, 'r5')[2:]::DOUBLE AS prediction FROM '$DIR/evaluation.parquet'",
        'not finite, such as "r5"',
      ],
      [
        "NaN",
        "SELECT id, 'NaN'::DOUBLE AS prediction FROM '$DIR/evaluation.parquet'",
        "got 27 predictions that are null or not finite",
      ],
      ["scores out of range", good.replace("0.5", "1.5"), 'expected "score" from 0 to 1 in every row, got 27 rows'],
      [
        "a class's score out of range",
        good.replace("score", "score_yes").replace("0.5", "-1.0"),
        '"score_yes" from 0 to 1',
      ],
      ["scores as text", good.replace("0.5", "'x'"), 'expected numbers in column "score", got VARCHAR'],
      [
        "text for numbers",
        "SELECT id, 'yes' AS prediction FROM '$DIR/evaluation.parquet'",
        "expected numbers in column",
      ],
      ["no prediction", "SELECT id FROM '$DIR/evaluation.parquet'", 'expected a column "prediction"'],
    ])("tells of %s", async (_, select, message) => {
      await theirs(select);
      const { problem, candidate } = await read();
      expect(problem).toContain(message);
      expect(candidate.predictionIds).toEqual([]);
    });

    test("rows that another version served have of the champion what the trainer scored with it, or nothing", async () => {
      await theirs(good);
      const without = (await read("v1")).champion;
      expect(without.predictions.every(Number.isNaN)).toBe(true);
      expect(without.scores?.every(Number.isNaN)).toBe(true);
      expect(without.labels).toHaveLength(27);
      const scored = "0.25 AS champion_prediction, 0.75 AS champion_score";
      await theirs(good.replace("0.5 AS score", `0.5 AS score, ${scored}`));
      const { champion, problem } = await read("v1");
      expect(problem).toBeUndefined();
      expect(new Set(champion.predictions)).toEqual(new Set([0.25]));
      expect(new Set(champion.scores)).toEqual(new Set([0.75]));
    });

    test("what the trainer scored with the champion must be what the champion logged", async () => {
      await theirs(good.replace("0.5 AS score", "0.5 AS score, 0.25 AS champion_prediction"));
      expect((await read("v2")).problem).toContain(
        "expected champion_prediction to be what version v2 logged, got 27 rows that differ",
      );
      await theirs(
        "SELECT id, 1.0 AS prediction, (age % 2)::DOUBLE AS champion_prediction FROM '$DIR/evaluation.parquet'",
      );
      const { champion, problem } = await read("v2");
      expect(problem).toBeUndefined();
      expect(champion.predictions).toEqual(champion.predictionIds.map((name) => Number(name.slice(1)) % 2));
    });

    test("so must its scores, to a thousandth", async () => {
      const scored = (more: string) =>
        `SELECT id, 1.0 AS prediction, 0.5 AS score, age / 100 + ${more} AS champion_score FROM '$DIR/evaluation.parquet'`;
      await theirs(scored("0.002"));
      expect((await read("v2")).problem).toContain(
        "champion_score to be what version v2 logged, got 27 rows that differ",
      );
      await theirs(scored("0.0005"));
      expect((await read("v2")).problem).toBeUndefined();
    });

    test.each([
      ["an infinite prediction", "'inf'::DOUBLE AS champion_prediction", "27 values of champion_prediction"],
      ["a score out of range", "7.5 AS champion_score", 'got 27 values of "champion_score" outside of 0 to 1'],
      ["an infinite score", "'-inf'::DOUBLE AS champion_score", 'got 27 values of "champion_score" outside of 0 to 1'],
      ["a score in words", "'high' AS champion_score", 'expected numbers in column "champion_score", got VARCHAR'],
    ])("a champion with %s is none, also where another version served", async (_, scored, problem) => {
      await theirs(good.replace("0.5 AS score", `0.5 AS score, ${scored}`));
      expect((await read("v1")).problem).toContain(problem);
    });

    test("rows that the trainer did not score with the champion have nothing of it", async () => {
      await theirs(
        good.replace(
          "0.5 AS score",
          "0.5 AS score, NULL::DOUBLE AS champion_prediction, 'nan'::DOUBLE AS champion_score",
        ),
      );
      const { champion, problem } = await read("v1");
      expect(problem).toBeUndefined();
      expect(champion.predictions.every(Number.isNaN)).toBe(true);
    });

    test("tells the segment of each row, also of a column that is not there", async () => {
      await theirs(good);
      const { candidate, segments } = await read("v2", ["city", "age", "none"]);
      expect(segments.age).toEqual(candidate.predictionIds.map((name) => `age=${Number(name.slice(1))}`));
      expect(new Set(segments.none)).toEqual(new Set(["none="]));
      expect(segments.city).toHaveLength(27);
      expect(segments.city?.every((segment) => segment.startsWith("city="))).toBe(true);
    });

    test("tells of a file that is not there or is none", async () => {
      await rm(opened.path("theirs.parquet"), { force: true });
      expect((await read()).problem).toContain("theirs.parquet, got none");
      await opened.sql("COPY (SELECT 1 AS a) TO '$DIR/theirs.parquet' (FORMAT csv)");
      expect((await read()).problem).toContain("theirs.parquet");
    });
  });
});

describe("labelled history", () => {
  test("has every prediction with its label and the files of both, of which any part is what `labelled` gives", async () => {
    await opened.sql(
      "COPY (SELECT * FROM read_parquet('$DIR/predictions.parquet') WHERE age < 50) TO '$DIR/p-early.parquet' (FORMAT parquet)",
    );
    await opened.sql(
      "COPY (SELECT * FROM read_parquet('$DIR/predictions.parquet') WHERE age >= 50) TO '$DIR/p-late.parquet' (FORMAT parquet)",
    );
    for (const [name, rest] of [
      ["even", 0],
      ["odd", 1],
    ])
      await opened.sql(
        `COPY (SELECT * FROM read_parquet('$DIR/labels.parquet') WHERE label < 9 AND prediction_id <> 'unknown' AND substr(prediction_id, 4, 1)::INTEGER % 2 = ${rest}) TO '$DIR/l-${name}.parquet' (FORMAT parquet)`,
      );
    const predictions = {
      paths: ["p-early.parquet", "p-late.parquet"].map((name) => opened.path(name)),
      format: "parquet",
    } as const;
    const labels = {
      paths: ["l-even.parquet", "l-odd.parquet"].map((name) => opened.path(name)),
      format: "parquet",
    } as const;
    const history = await opened.engine.labelledHistory({ predictions, labels, from: hour(0), to: hour(100) });
    expect(history.predictionIds).toEqual(Array.from({ length: 100 }, (_, i) => id(i)));
    expect([...history.predictionFiles]).toEqual(Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1)));
    expect([...history.labelFiles]).toEqual(
      Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? -1 : i % 2 === 0 ? 0 : 1)),
    );
    for (const [p, l] of [
      [[0], [0]],
      [[1], [1]],
      [[0, 1], [1]],
      [
        [0, 1],
        [0, 1],
      ],
    ] as const) {
      const part = partOfHistory(history, {
        from: hour(5).getTime(),
        to: hour(70).getTime(),
        version: "v1",
        predictionFile: (i) => (p as readonly number[]).includes(i),
        labelFile: (i) => (l as readonly number[]).includes(i),
      });
      const joined = await opened.engine.labelled({
        predictions: { ...predictions, paths: p.map((i) => predictions.paths[i] ?? "") },
        labels: { ...labels, paths: l.map((i) => labels.paths[i] ?? "") },
        from: hour(5),
        to: hour(70),
        modelVersion: "v1",
      });
      expect(part).toEqual(joined);
    }
  });
});
