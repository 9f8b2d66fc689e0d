import { existsSync } from "node:fs";
import { DriftwardError } from "../../core/errors.ts";
import type { CountEngine, DataFiles, LabelledRows } from "../../ports/count-engine.ts";
import { asErrorMessage } from "./engine-errors.ts";
import { columnKind, requireColumn, textExpression } from "./expressions.ts";
import { segmentExpression, segmentOfValue } from "./groupings.ts";
import { labelledRows } from "./join-labels.ts";
import { outcomeExpression, predictionColumns } from "./labelled-sql.ts";
import { quoteName, quoteText } from "./quote.ts";
import { asText, queryNumber, queryRows, type Session } from "./session.ts";
import { openSource, type Source, type SourceColumn } from "./source.ts";

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
    const problem = await findProblem(session, { key, theirs }, request.champion);
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
  const theirs = await openSource(session, parquet(path));
  requireColumn(theirs, "id", "in predictions.parquet");
  requireColumn(theirs, "prediction", "in predictions.parquet");
  return theirs;
}

interface Both {
  readonly key: Source;
  readonly theirs: Source;
}

/** What the champion logged of its own rows, and what the trainer scored with it of the others. */
async function championRows(
  session: Session,
  { key, theirs }: Both,
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
  // A row for which there is nothing: measures leave it out of both sides.
  const nothing = numbers ? "'nan'::DOUBLE" : "''";
  const reader = await session.connection.runAndReadAll(
    `SELECT k.prediction, k.time, coalesce(CASE WHEN k.own THEN k.said ELSE t.other END, ${nothing}),
       coalesce(CASE WHEN k.own THEN k.score ELSE t.score END, CASE WHEN ${hasScores(key)} THEN 'nan'::DOUBLE END), k.entity, k.label FROM
     (SELECT id, ${id} AS prediction, (${time}) / 1e3 AS time, ${own} AS own, ${prediction} AS said, ${score} AS score, ${entity} AS entity, ${label} AS label
       FROM ${key.from}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${other} AS other, ${otherScore} AS score FROM ${theirs.from}) t ON k.id = t.id
     ORDER BY k.id`,
  );
  return labelledRows(reader.getColumns(), [files, files], reader.currentRowCount, { partly: true });
}

function hasScores(key: Source): string {
  return key.columns.has("score") ? "true" : "false";
}

/** SQL of whether the champion served a row. */
function servedBy(key: Source, champion: string | undefined): string {
  const version = key.columns.get("model_version");
  if (champion === undefined) return "false";
  return version === undefined ? "true" : `coalesce(${textExpression(version)} = ${quoteText(champion)}, false)`;
}

async function candidateRows(session: Session, key: Source, theirs: Source, files: DataFiles): Promise<LabelledRows> {
  const { id, time, entity } = predictionColumns(key);
  const label = outcomeExpression(requireColumn(key, "label", "in the key"));
  const score = theirs.columns.has("score") ? `"score"::DOUBLE` : "NULL::DOUBLE";
  const reader = await session.connection.runAndReadAll(
    `SELECT k.prediction, k.time, t.prediction, t.score, k.entity, k.label FROM
     (SELECT id, ${id} AS prediction, (${time}) / 1e3 AS time, ${entity} AS entity, ${label} AS label FROM ${key.from}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${outcomeExpression(requireColumn(theirs, "prediction", ""))} AS prediction,
       ${score} AS score FROM ${theirs.from}) t ON k.id = t.id ORDER BY k.id`,
  );
  return labelledRows(reader.getColumns(), [files, files], reader.currentRowCount);
}

async function findProblem(
  session: Session,
  { key, theirs }: Both,
  champion: string | undefined,
): Promise<string | undefined> {
  const ours = `(SELECT id FROM ${key.from})`;
  const id = textExpression(requireColumn(theirs, "id", ""));
  const prediction = outcomeExpression(requireColumn(theirs, "prediction", ""));
  const given = `(SELECT ${id} AS id FROM ${theirs.from})`;
  const numbers = prediction.endsWith("::DOUBLE");
  const expectsNumbers = outcomeExpression(requireColumn(key, "label", "in the key")).endsWith("::DOUBLE");
  if (numbers !== expectsNumbers)
    return `expected ${expectsNumbers ? "numbers" : "text"} in column "prediction" as in the labels, got ${theirs.columns.get("prediction")?.type}; write predictions in the type of the labels (docs/trainers.md)`;
  const bad = numbers ? `NOT coalesce(isfinite(${prediction}), false)` : `coalesce(${prediction}, '') = ''`;
  const scores = [...theirs.columns.values()].filter(({ name }) => name === "score" || name.startsWith("score_"));
  const wrongType = scores.find(({ type }) => columnKind(type) !== "numeric");
  if (wrongType !== undefined) return `expected numbers in column "${wrongType.name}", got ${wrongType.type}`;
  const looks: readonly (readonly [what: string, sql: string])[] = [
    ["rows without an id", `SELECT '' AS id FROM ${given} WHERE id IS NULL`],
    ["ids that are there more than once", `SELECT id FROM ${given} GROUP BY id HAVING count(*) > 1`],
    ["ids that are not in the evaluation file", `SELECT id FROM ${given} WHERE id NOT IN ${ours}`],
    ["rows without a prediction", `SELECT id FROM ${ours} WHERE id NOT IN ${given}`],
    ["predictions that are null or not finite", `SELECT ${id} AS id FROM ${theirs.from} WHERE ${bad}`],
    ...scores.map(({ name }) => {
      const value = `${quoteName(name)}::DOUBLE`;
      return [
        `values of "${name}" outside of 0 to 1`,
        `SELECT ${id} AS id FROM ${theirs.from} WHERE NOT coalesce(${value} >= 0 AND ${value} <= 1, false)`,
      ] as const;
    }),
  ];
  for (const [what, sql] of looks) {
    const [row] = await queryRows(session, `SELECT count(*), min(id) FROM (${sql})`);
    const count = Number(row?.[0] ?? 0);
    if (count > 0)
      return `expected one prediction for each evaluation row, got ${count} ${what}, such as "${String(row?.[1])}"`;
  }
  return findOtherChampion(session, { key, theirs }, champion);
}

/**
 * What a trainer says the champion predicts can be checked where the champion served: it must be what was logged, to a
 * thousandth, for services round and other machines compute in another order.
 */
async function findOtherChampion(
  session: Session,
  { key, theirs }: Both,
  champion: string | undefined,
): Promise<string | undefined> {
  const scores = theirs.columns.get("champion_score");
  if (scores !== undefined) {
    const problem = await findWrongScores(session, theirs, scores);
    if (problem !== undefined) return problem;
  }
  const scored = theirs.columns.get("champion_prediction");
  if (scored === undefined) return undefined;
  const { prediction } = predictionColumns(key);
  const other = outcomeExpression(scored);
  const numbers = prediction.endsWith("::DOUBLE");
  if (numbers !== other.endsWith("::DOUBLE"))
    return `expected ${numbers ? "numbers" : "text"} in column "champion_prediction" as in the log, got ${scored.type}`;
  // One infinite error of the champion would let any candidate pass.
  const infinite = numbers
    ? await queryNumber(session, `SELECT count(*) FROM ${theirs.from} WHERE isinf(${other})`)
    : 0;
  if (infinite > 0)
    return `expected finite numbers or nothing, got ${infinite} values of champion_prediction that are infinite`;
  const apart = numbers ? "abs(k.said - t.other) > 1e-3 * greatest(1, abs(k.said))" : "k.said <> t.other";
  const [row] = await queryRows(
    session,
    `SELECT count(*), min(k.id) FROM (SELECT id, ${prediction} AS said FROM ${key.from} WHERE ${servedBy(key, champion)}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${other} AS other FROM ${theirs.from}) t ON k.id = t.id
     WHERE coalesce(${apart}, false)`,
  );
  const count = Number(row?.[0] ?? 0);
  return count === 0
    ? undefined
    : `expected champion_prediction to be what version ${champion} logged, got ${count} rows that differ, such as "${String(row?.[1])}"`;
}

/** A score of the champion may be missing; it may not be what no chance is. */
async function findWrongScores(
  session: Session,
  theirs: Source,
  { name, type }: SourceColumn,
): Promise<string | undefined> {
  if (columnKind(type) !== "numeric") return `expected numbers in column "${name}", got ${type}`;
  const value = `${quoteName(name)}::DOUBLE`;
  const count = await queryNumber(
    session,
    `SELECT count(*) FROM ${theirs.from} WHERE NOT isnan(${value}) AND NOT (${value} >= 0 AND ${value} <= 1)`,
  );
  return count === 0 ? undefined : `expected chances or nothing, got ${count} values of "${name}" outside of 0 to 1`;
}
