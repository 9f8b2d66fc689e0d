import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { partOfHistory } from "../../../src/core/replay/labelled-history.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  // 60 messages, one an hour, of which each is one of three topics in turn; v2 served from the 40th on and knows a fourth.
  const score = (topic: number) => `CASE WHEN i % 3 = ${topic} THEN 0.8 ELSE 0.1 END`;
  await opened.sql(
    `COPY (SELECT 'p' || lpad(i::VARCHAR, 3, '0') AS prediction_id, TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS timestamp,
       CASE WHEN i < 40 THEN 'v1' ELSE 'v2' END AS model_version, ['art', 'law', 'tax'][i % 3 + 1] AS prediction,
       ${score(0)} AS score_art, ${score(1)} AS score_law, ${score(2)} AS score_tax,
       CASE WHEN i >= 40 THEN 0.0 END AS score_wine, i::DOUBLE AS age,
       TIMESTAMP '2024-01-01' AS _hour, NULL::VARCHAR AS _invalid FROM range(60) t(i)) TO '$DIR/predictions.parquet' (FORMAT parquet)`,
  );
  await opened.sql(
    `COPY (SELECT 'p' || lpad(i::VARCHAR, 3, '0') AS prediction_id, ['art', 'law', 'tax'][(i + (i % 5 = 0)::INTEGER) % 3 + 1] AS label,
       TIMESTAMP '2024-02-01' AS label_timestamp FROM range(60) t(i)) TO '$DIR/labels.parquet' (FORMAT parquet)`,
  );
});
afterAll(() => opened.close());

const hour = (i: number): Date => new Date(Date.UTC(2024, 0, 1) + i * 3_600_000);
const parquet = (name: string) => ({ paths: [opened.path(name)], format: "parquet" }) as const;
const sources = () => ({ predictions: parquet("predictions.parquet"), labels: parquet("labels.parquet") });
const all = { from: hour(0), to: hour(60) };

describe("labelled rows", () => {
  test("have the scores of the classes that their version knows", async () => {
    const old = await opened.engine.labelled({ ...sources(), ...all, modelVersion: "v1" });
    expect(old.classScores?.map(({ name }) => name)).toEqual(["art", "law", "tax"]);
    expect([...(old.classScores?.[1]?.scores ?? [])].slice(0, 4)).toEqual([0.1, 0.8, 0.1, 0.1]);
    expect(old.classScores?.[1]?.scores).toBeInstanceOf(Float64Array);
    const young = await opened.engine.labelled({ ...sources(), ...all, modelVersion: "v2" });
    expect(young.classScores?.map(({ name }) => name)).toEqual(["art", "law", "tax", "wine"]);
  });

  test("have none when a row lacks one", async () => {
    expect((await opened.engine.labelled({ ...sources(), ...all })).classScores).toBeUndefined();
  });

  test("of a history are those that joining gives", async () => {
    const history = await opened.engine.labelledHistory({ ...sources(), ...all });
    for (const version of ["v1", "v2", undefined]) {
      const range = {
        from: all.from.getTime(),
        to: all.to.getTime(),
        predictionFile: () => true,
        labelFile: () => true,
      };
      const part = partOfHistory(history, { ...range, ...(version === undefined ? {} : { version }) });
      const joined = await opened.engine.labelled({
        ...{ ...sources(), ...all },
        ...(version === undefined ? {} : { modelVersion: version }),
      });
      expect(part).toEqual(joined);
    }
  });
});

describe("a trainer's class scores", () => {
  const read = (champion = "v2") =>
    opened.engine.readEvaluation({
      keyPath: opened.path("key.parquet"),
      predictionsPath: opened.path("theirs.parquet"),
      trainingPath: opened.path("training.parquet"),
      inputsPath: opened.path("evaluation.parquet"),
      champion,
      segments: [],
    });
  const theirs = async (scores: string) =>
    opened.sql(
      `COPY (SELECT id, 'art' AS prediction, ${scores} FROM '$DIR/evaluation.parquet') TO '$DIR/theirs.parquet' (FORMAT parquet)`,
    );
  const good = "0.5 AS score_art, 0.25::FLOAT AS score_law, 0.25 AS score_tax";
  beforeAll(async () => {
    await opened.engine.writeRunData({
      ...sources(),
      cut: hour(30),
      until: hour(60),
      seed: 3,
      trainingPath: opened.path("training.parquet"),
      evaluationPath: opened.path("evaluation.parquet"),
      keyPath: opened.path("key.parquet"),
    });
  });

  test("stand beside what the champion logged of its own rows", async () => {
    await theirs(good);
    const { candidate, champion, problem } = await read();
    expect(problem).toBeUndefined();
    expect(candidate.classScores?.map(({ name, scores }) => [name, scores[0], scores.length])).toEqual([
      ["art", 0.5, 30],
      ["law", 0.25, 30],
      ["tax", 0.25, 30],
    ]);
    const served = champion.predictions.map((said) => said !== "");
    expect(served.filter(Boolean)).toHaveLength(20);
    expect(champion.classScores?.map(({ name }) => name)).toEqual(["art", "law", "tax", "wine"]);
    for (const { scores } of champion.classScores ?? []) expect([...scores].map(Number.isFinite)).toEqual(served);
    const first = champion.classScores?.map(({ scores }) => scores[served.indexOf(true)] ?? 0) ?? [];
    expect(first.reduce((total, score) => total + score, 0)).toBeCloseTo(1, 12);
  });

  test("leave a champion that served none of the rows without values, not without scores", async () => {
    await theirs(good);
    const { champion } = await read("v0");
    expect(champion.classScores?.map(({ name }) => name)).toEqual(["art", "law", "tax", "wine"]);
    expect(champion.classScores?.every(({ scores }) => scores.every(Number.isNaN))).toBe(true);
  });

  test("of the champion fill the rows that another version served", async () => {
    const scored = "0.6 AS champion_score_art, 0.3 AS champion_score_law, 0.1 AS champion_score_tax";
    await theirs(`${good}, 'art' AS champion_prediction, ${scored}`);
    const { champion, problem } = await read("v0");
    expect(problem).toBeUndefined();
    expect(champion.classScores?.map(({ name, scores }) => [name, ...new Set(scores)])).toEqual([
      ["art", 0.6],
      ["law", 0.3],
      ["tax", 0.1],
    ]);
    expect((await read("v2")).problem).toContain("to be what version v2 logged");
  });

  test.each([
    [
      "that do not add up to 1",
      "0.5 AS score_art, 0.25 AS score_law, CASE WHEN id IN ('r3', 'r7') THEN 0.35 ELSE 0.25 END AS score_tax",
      'expected score_art, score_law, score_tax to add up to 1 in every row, got 2 rows in which they do not, such as "r3" with 1.1',
    ],
    [
      "of a class that is mistyped",
      "0.5 AS score_art, 0.25 AS score_laws, 0.25 AS score_tax",
      'expected score_<class> of classes that labels have, got "score_laws": did you mean "law"?',
    ],
    [
      "of no known class",
      `${good}, 0.0 AS score_positive`,
      'expected score_<class> of classes that labels have, got "score_positive": known here: art, law, tax, wine',
    ],
    ["that lack a class", "0.5 AS score_art, 0.5 AS score_law", 'got no column "score_tax"'],
    [
      "outside of 0 to 1",
      good.replace("0.5", "1.5"),
      'expected "score_art" from 0 to 1 in every row, got 30 rows with something else, such as "r1" with 1.5',
    ],
    [
      "that are missing",
      good.replace("0.5", "NULL::DOUBLE"),
      'got 30 rows with something else, such as "r1" with nothing',
    ],
    ["in words", good.replace("0.5", "'much'"), 'expected numbers in column "score_art", got VARCHAR'],
    [
      "of a champion that do not add up to 1",
      `${good}, 0.6 AS champion_score_art, 0.3 AS champion_score_law`,
      "expected champion_score_art, champion_score_law to add up to 1 in every row, got 30 rows",
    ],
    [
      "of a champion's unknown class",
      `${good}, 0.6 AS champion_score_arts`,
      '"champion_score_arts": did you mean "art"?',
    ],
  ])("%s are told", async (_, scores, message) => {
    await theirs(scores);
    const { problem, candidate } = await read("v0");
    expect(problem).toContain(message);
    expect(candidate.predictionIds).toEqual([]);
  });

  test("of a champion may be missing in rows that were not scored with it", async () => {
    await theirs(
      `${good}, CASE WHEN id = 'r1' THEN 0.6 END AS champion_score_art, CASE WHEN id = 'r1' THEN 0.4 END AS champion_score_law`,
    );
    const { champion, problem } = await read("v0");
    expect(problem).toBeUndefined();
    expect(champion.classScores?.map(({ scores }) => scores.filter(Number.isFinite).length)).toEqual([1, 1]);
  });
});
