import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { CountEngine, DataFiles, LabelledRows } from "../../ports/count-engine.ts";
import { asErrorMessage } from "./engine-errors.ts";
import { type EvaluationSources, findEvaluationProblem, servedBy } from "./evaluation-problems.ts";
import { requireColumn, textExpression } from "./expressions.ts";
import { segmentExpression, segmentOfValue } from "./groupings.ts";
import { labelledRows } from "./join-labels.ts";
import {
  type ClassColumn,
  championScorePrefix,
  classColumns,
  classScoreExpression,
  outcomeExpression,
  predictionColumns,
} from "./labelled-sql.ts";
import { hasParquetMarks } from "./parquet-marks.ts";
import { asText, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type Evaluation = Awaited<ReturnType<CountEngine["readEvaluation"]>>;

/** Reads what a trainer predicted beside what it stands for; what is wrong with it is a `problem`, not an error. */
export async function readEvaluation(
  session: Session,
  request: Parameters<CountEngine["readEvaluation"]>[0],
): Promise<Evaluation> {
  const keyFiles = parquet(request.keyPath);
  const key = await openSource(session, keyFiles);
  const none = labelledRows([], [keyFiles, keyFiles], 0);
  const nothing = { candidate: none, champion: none, segments: {} };
  try {
    const theirs = await openTheirs(session, request.predictionsPath);
    const problem = await findEvaluationProblem(session, { key, theirs }, request);
    if (problem !== undefined) return { ...nothing, problem };
    return {
      candidate: await candidateRows(session, key, theirs, keyFiles),
      champion: await championRows(session, { key, theirs }, keyFiles, request.champion),
      segments: await segmentsOf(session, key, request),
    };
  } catch (error) {
    const { code, message } = asErrorMessage(error);
    if (code !== "InvalidData") throw error;
    return { ...nothing, problem: message };
  }
}

/** The segments of each row by column, in the order of the rows. */
async function segmentsOf(
  session: Session,
  key: Source,
  { inputsPath, segments }: Parameters<CountEngine["readEvaluation"]>[0],
): Promise<Record<string, readonly string[]>> {
  if (segments.length === 0) return {};
  const inputs = await openSource(session, parquet(inputsPath));
  const values = segments.map((name) => `${segmentExpression(inputs, name)}`);
  const reader = await session.connection.runAndReadAll(
    `SELECT ${values.map((_, i) => `e.c${i}`).join(", ")} FROM ${key.from} k
     JOIN (SELECT id, ${values.map((value, i) => `${value} AS c${i}`).join(", ")} FROM ${inputs.from}) e ON k.id = e.id ORDER BY k.id`,
  );
  const columns = reader.getColumns();
  return Object.fromEntries(
    segments.map((name, i) => [name, (columns[i] ?? []).map((value) => segmentOfValue(name, asText(value)))]),
  );
}

function parquet(path: string): DataFiles {
  return { paths: [path], format: "parquet" };
}

async function openTheirs(session: Session, path: string): Promise<Source> {
  if (!existsSync(path)) throw new DriftwardError("InvalidData", `expected the trainer's file ${path}, got none`);
  if (!(await isParquet(path)))
    throw new DriftwardError("InvalidData", `expected Parquet in the trainer's ${basename(path)}, got something else`);
  const theirs = await openSource(session, parquet(path));
  requireColumn(theirs, "id", "in predictions.parquet");
  requireColumn(theirs, "prediction", "in predictions.parquet");
  return theirs;
}

async function isParquet(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return hasParquetMarks(file.fd);
  } finally {
    await file.close();
  }
}

/** What the champion logged of its own rows, and what the trainer scored with it of the others. */
async function championRows(
  session: Session,
  { key, theirs }: EvaluationSources,
  files: DataFiles,
  champion: string | undefined,
): Promise<LabelledRows> {
  const { id, time, prediction, score, entity } = predictionColumns(key);
  const label = outcomeExpression(requireColumn(key, "label", "in the key"));
  const own = servedBy(key, champion);
  const numbers = prediction.endsWith("::DOUBLE");
  const scored = theirs.columns.get("champion_prediction");
  const other = scored === undefined ? `NULL` : outcomeExpression(scored);
  const otherScore = theirs.columns.has("champion_score") ? `"champion_score"::DOUBLE` : "NULL::DOUBLE";
  const [logged, scoredClasses] = [classColumns(key), classColumns(theirs, championScorePrefix)];
  const classes = [...new Set([...logged, ...scoredClasses].map(({ name }) => name))].sort();
  const scoreOf = (of: readonly ClassColumn[], name: string) =>
    classScoreExpression(of.find((one) => one.name === name)?.column);
  // A row for which there is nothing: measures leave it out of both sides.
  const nothing = numbers ? "'nan'::DOUBLE" : "''";
  const reader = await session.connection.runAndReadAll(
    `SELECT k.prediction, k.time, coalesce(CASE WHEN k.own THEN k.said ELSE t.other END, ${nothing}),
       coalesce(CASE WHEN k.own THEN k.score ELSE t.score END, CASE WHEN ${hasScores(key)} THEN 'nan'::DOUBLE END), k.entity, k.label
       ${classes.map((_, i) => `, CASE WHEN k.own THEN k.c${i} ELSE t.c${i} END`).join("")} FROM
     (SELECT id, ${id} AS prediction, (${time}) / 1e3 AS time, ${own} AS own, ${prediction} AS said, ${score} AS score, ${entity} AS entity, ${label} AS label
       ${classes.map((name, i) => `, ${scoreOf(logged, name)} AS c${i}`).join("")} FROM ${key.from}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${other} AS other, ${otherScore} AS score
       ${classes.map((name, i) => `, ${scoreOf(scoredClasses, name)} AS c${i}`).join("")} FROM ${theirs.from}) t ON k.id = t.id
     ORDER BY k.id`,
  );
  return labelledRows(reader.getColumns(), [files, files], reader.currentRowCount, { partly: true, classes });
}

function hasScores(key: Source): string {
  return key.columns.has("score") ? "true" : "false";
}

async function candidateRows(session: Session, key: Source, theirs: Source, files: DataFiles): Promise<LabelledRows> {
  const { id, time, entity } = predictionColumns(key);
  const label = outcomeExpression(requireColumn(key, "label", "in the key"));
  const score = theirs.columns.has("score") ? `"score"::DOUBLE` : "NULL::DOUBLE";
  const classes = classColumns(theirs);
  const reader = await session.connection.runAndReadAll(
    `SELECT k.prediction, k.time, t.prediction, t.score, k.entity, k.label${classes.map((_, i) => `, t.c${i}`).join("")} FROM
     (SELECT id, ${id} AS prediction, (${time}) / 1e3 AS time, ${entity} AS entity, ${label} AS label FROM ${key.from}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${outcomeExpression(requireColumn(theirs, "prediction", ""))} AS prediction,
       ${score} AS score${classes.map(({ column }, i) => `, ${classScoreExpression(column)} AS c${i}`).join("")} FROM ${theirs.from}) t ON k.id = t.id ORDER BY k.id`,
  );
  const names = classes.map(({ name }) => name);
  return labelledRows(reader.getColumns(), [files, files], reader.currentRowCount, { classes: names });
}
