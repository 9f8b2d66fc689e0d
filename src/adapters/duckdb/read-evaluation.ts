import { existsSync } from "node:fs";
import { DriftwardError } from "../../core/errors.ts";
import type { CountEngine, DataFiles, LabelledRows } from "../../ports/count-engine.ts";
import { asErrorMessage } from "./engine-errors.ts";
import { columnKind, requireColumn, textExpression } from "./expressions.ts";
import { labelledRows } from "./join-labels.ts";
import { outcomeExpression, predictionColumns } from "./labelled-sql.ts";
import { quoteName } from "./quote.ts";
import { queryRows, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type Evaluation = Awaited<ReturnType<CountEngine["readEvaluation"]>>;

/** Reads what a trainer predicted beside what it stands for; what is wrong with it is a `problem`, not an error. */
export async function readEvaluation(
  session: Session,
  request: Parameters<CountEngine["readEvaluation"]>[0],
): Promise<Evaluation> {
  const keyFiles = parquet(request.keyPath);
  const key = await openSource(session, keyFiles);
  const champion = await championRows(session, key, keyFiles);
  const none = labelledRows([], [keyFiles, keyFiles], champion.predicted);
  try {
    const theirs = await openTheirs(session, request.predictionsPath);
    const problem = await findProblem(session, key, theirs);
    if (problem !== undefined) return { candidate: none, champion, problem };
    return { candidate: await candidateRows(session, key, theirs, keyFiles), champion };
  } catch (error) {
    const { code, message } = asErrorMessage(error);
    if (code !== "InvalidData") throw error;
    return { candidate: none, champion, problem: message };
  }
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

async function championRows(session: Session, key: Source, files: DataFiles): Promise<LabelledRows> {
  const { id, time, prediction, score, entity } = predictionColumns(key);
  const reader = await session.connection.runAndReadAll(
    `SELECT ${id}, (${time}) / 1e3, ${prediction}, ${score}, ${entity}, ${outcomeExpression(requireColumn(key, "label", "in the key"))}
     FROM ${key.from} ORDER BY id`,
  );
  return labelledRows(reader.getColumns(), [files, files], reader.currentRowCount);
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

async function findProblem(session: Session, key: Source, theirs: Source): Promise<string | undefined> {
  const ours = `(SELECT id FROM ${key.from})`;
  const id = textExpression(requireColumn(theirs, "id", ""));
  const prediction = outcomeExpression(requireColumn(theirs, "prediction", ""));
  const given = `(SELECT ${id} AS id FROM ${theirs.from})`;
  const numbers = prediction.endsWith("::DOUBLE");
  const expectsNumbers = outcomeExpression(requireColumn(key, "label", "in the key")).endsWith("::DOUBLE");
  if (numbers !== expectsNumbers)
    return `expected ${expectsNumbers ? "numbers" : "text"} in column "prediction" as in the labels, got ${theirs.columns.get("prediction")?.type}`;
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
  return undefined;
}
