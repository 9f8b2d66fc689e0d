import type { CountEngine } from "../../ports/count-engine.ts";
import { findClassProblem } from "./evaluation-classes.ts";
import { columnKind, requireColumn, textExpression } from "./expressions.ts";
import {
  championScorePrefix,
  classColumns,
  classScoreExpression,
  outcomeExpression,
  predictionColumns,
} from "./labelled-sql.ts";
import { quoteName, quoteText } from "./quote.ts";
import { queryNumber, queryRows, type Session } from "./session.ts";
import type { Source, SourceColumn } from "./source.ts";

type EvaluationRequest = Parameters<CountEngine["readEvaluation"]>[0];

/** What a run's rows stand for, and what the trainer said of them. */
export interface EvaluationSources {
  readonly key: Source;
  readonly theirs: Source;
}

/** What is wrong with a trainer's predictions, and where; undefined when they can be used. */
export async function findEvaluationProblem(
  session: Session,
  { key, theirs }: EvaluationSources,
  request: Pick<EvaluationRequest, "champion" | "trainingPath">,
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
  ];
  for (const [what, sql] of looks) {
    const [row] = await queryRows(session, `SELECT count(*), min(id) FROM (${sql})`);
    const count = Number(row?.[0] ?? 0);
    if (count > 0)
      return `expected one prediction for each evaluation row, got ${count} ${what}, such as "${String(row?.[1])}"`;
  }
  for (const { name } of scores) {
    const value = `${quoteName(name)}::DOUBLE`;
    const [row] = await queryRows(
      session,
      `SELECT count(*), min(id), arg_min(said::VARCHAR, id) FROM (SELECT ${id} AS id, ${value} AS said FROM ${theirs.from})
       WHERE NOT coalesce(said >= 0 AND said <= 1, false)`,
    );
    const count = Number(row?.[0] ?? 0);
    if (count > 0)
      return `expected "${name}" from 0 to 1 in every row, got ${count} rows with something else, such as "${String(row?.[1])}" with ${String(row?.[2] ?? "nothing")}`;
  }
  return (
    (await findClassProblem(session, { key, theirs }, request.trainingPath)) ??
    findOtherChampion(session, { key, theirs }, request.champion)
  );
}

/**
 * What a trainer says the champion predicts can be checked where the champion served: it must be what was logged, to a
 * thousandth, for services round and other machines compute in another order.
 */
async function findOtherChampion(
  session: Session,
  { key, theirs }: EvaluationSources,
  champion: string | undefined,
): Promise<string | undefined> {
  const scores = championScores({ key, theirs });
  for (const { theirs: column } of scores) {
    const problem = await findWrongScores(session, theirs, column);
    if (problem !== undefined) return problem;
  }
  for (const { ours, theirs: column } of scores) {
    if (ours === undefined) continue;
    const apart = `abs(k.said - nullif(t.other, 'nan'::DOUBLE)) > 1e-3`;
    const sides = { said: classScoreExpression(ours), other: classScoreExpression(column), apart };
    const problem = await findUnlike(session, { key, theirs }, champion, { name: column.name, ...sides });
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
  return findUnlike(session, { key, theirs }, champion, { name: scored.name, said: prediction, other, apart });
}

/** Each score of the champion that the trainer gives, and the column of the log that holds the same. */
function championScores({ key, theirs }: EvaluationSources): readonly {
  readonly ours: SourceColumn | undefined;
  readonly theirs: SourceColumn;
}[] {
  const single = theirs.columns.get("champion_score");
  const logged = new Map(classColumns(key).map(({ name, column }) => [name, column]));
  return [
    ...(single === undefined ? [] : [{ ours: key.columns.get("score"), theirs: single }]),
    ...classColumns(theirs, championScorePrefix).map(({ name, column }) => ({
      ours: logged.get(name),
      theirs: column,
    })),
  ];
}

/** Rows that the champion served and of which the trainer says something else than was logged. */
async function findUnlike(
  session: Session,
  { key, theirs }: EvaluationSources,
  champion: string | undefined,
  side: { readonly name: string; readonly said: string; readonly other: string; readonly apart: string },
): Promise<string | undefined> {
  const [row] = await queryRows(
    session,
    `SELECT count(*), min(k.id) FROM (SELECT id, ${side.said} AS said FROM ${key.from} WHERE ${servedBy(key, champion)}) k
     JOIN (SELECT ${textExpression(requireColumn(theirs, "id", ""))} AS id, ${side.other} AS other FROM ${theirs.from}) t ON k.id = t.id
     WHERE coalesce(${side.apart}, false)`,
  );
  const count = Number(row?.[0] ?? 0);
  return count === 0
    ? undefined
    : `expected ${side.name} to be what version ${champion} logged, got ${count} rows that differ, such as "${String(row?.[1])}"`;
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

/** SQL of whether the champion served a row. */
export function servedBy(key: Source, champion: string | undefined): string {
  const version = key.columns.get("model_version");
  if (champion === undefined) return "false";
  return version === undefined ? "true" : `coalesce(${textExpression(version)} = ${quoteText(champion)}, false)`;
}
