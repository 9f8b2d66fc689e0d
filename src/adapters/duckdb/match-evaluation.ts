import { matchTolerance } from "../../core/run/evaluation-match.ts";
import type { CountEngine, DataFiles, EvaluationMatch } from "../../ports/count-engine.ts";
import { filterCondition, requireColumn, textExpression } from "./expressions.ts";
import { outcomeExpression } from "./labelled-sql.ts";
import { ownName, quoteText } from "./quote.ts";
import { asText, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type MatchRequest = Parameters<CountEngine["matchEvaluation"]>[0];

/** One column that both sides have: the prediction, and every score. */
interface Compared {
  readonly name: string;
  readonly filed: string;
  readonly logged: string;
}

/** Holds what a challenger logged for evaluation rows against its trainer's file. See the port. */
export async function matchEvaluation(session: Session, request: MatchRequest): Promise<EvaluationMatch> {
  const { keyPath, predictionsPath, challenger, prefix } = request;
  const key = await openSource(session, parquet(keyPath));
  const theirs = await openSource(session, parquet(predictionsPath));
  const shadow = challenger.files.paths.length === 0 ? undefined : await openSource(session, challenger.files);
  const compared = shadow === undefined ? [] : comparedColumns(theirs, shadow);
  const pairs = shadow === undefined ? noPairs : pairsSql(request, { key, theirs, shadow, compared });
  const reader = await session.connection.runAndReadAll(`
    WITH pairs AS (${pairs}), worst AS (SELECT * FROM pairs WHERE apart > 0 ORDER BY apart DESC, id, logged_as LIMIT 1)
    SELECT (SELECT count(*) FROM ${key.from})::DOUBLE, (SELECT count(DISTINCT id) FROM pairs)::DOUBLE,
      (SELECT count(DISTINCT id) FROM pairs WHERE apart > 0)::DOUBLE,
      (SELECT ${quoteText(prefix)} || id FROM worst), (SELECT c FROM worst)::DOUBLE, (SELECT filed FROM worst), (SELECT logged FROM worst)`);
  const [row = []] = reader.getRowsJS();
  const [rows, logged, differing, id, column, filed, said] = row;
  const name = compared[Number(column)]?.name;
  const match = { rows: Number(rows), logged: Number(logged), differing: Number(differing) };
  if (name === undefined || id === null) return match;
  return { ...match, worst: { id: asText(id), column: name, filed: textOrNumber(filed), logged: textOrNumber(said) } };
}

/** Columns: id, logged_as, c (which column), filed and logged as text, apart: by how many tolerances, 0 within one. */
const noPairs = "SELECT '' AS id, '' AS logged_as, 0 AS c, '' AS filed, '' AS logged, 0.0::DOUBLE AS apart WHERE false";

function comparedColumns(theirs: Source, shadow: Source): readonly Compared[] {
  const scores = [...theirs.columns.keys()].filter(
    (name) => (name === "score" || name.startsWith("score_")) && shadow.columns.has(name),
  );
  return ["prediction", ...scores].map((name) => ({
    name,
    filed: outcomeExpression(requireColumn(theirs, name, "in predictions.parquet")),
    logged: outcomeExpression(requireColumn(shadow, name, "in the shadow rows")),
  }));
}

interface Opened {
  readonly key: Source;
  readonly theirs: Source;
  readonly shadow: Source;
  readonly compared: readonly Compared[];
}

/** Every column of every pair of a row in the file and what was logged of it: under its own id, or that of its prediction. */
function pairsSql({ challenger, prefix }: MatchRequest, { key, theirs, shadow, compared }: Opened): string {
  const id = textExpression(requireColumn(theirs, "id", "in predictions.parquet"));
  const original = textExpression(requireColumn(key, "prediction_id", "in the key"));
  const loggedId = textExpression(requireColumn(shadow, "prediction_id", "in the shadow rows"));
  const each = (what: "filed" | "logged") =>
    compared.map((one, c) => `, ${one[what]} AS ${ownName(`${what}${c}`)}`).join("");
  const file = `SELECT k.id, k.original${compared.map((_, c) => `, t.${ownName(`filed${c}`)}`).join("")} FROM
      (SELECT id, ${original} AS original FROM ${key.from}) k
      JOIN (SELECT ${id} AS id${each("filed")} FROM ${theirs.from}) t ON k.id = t.id`;
  const log = `SELECT ${loggedId} AS logged_as${each("logged")} FROM ${shadow.from}
      WHERE ${filterCondition(shadow, { modelVersion: challenger.version })}`;
  const joined = `(SELECT f.*, h.* FROM file f JOIN log h ON h.logged_as = ${quoteText(prefix)} || f.id
      UNION ALL SELECT f.*, h.* FROM file f JOIN log h ON h.logged_as = f.original)`;
  const values = compared.map((_, c) => {
    const [filed, logged] = [ownName(`filed${c}`), ownName(`logged${c}`)];
    return `SELECT id, logged_as, ${c} AS c, ${filed}::VARCHAR AS filed, ${logged}::VARCHAR AS logged,
      ${apartSql(filed, logged)} AS apart FROM joined`;
  });
  return `WITH file AS (${file}), log AS (${log}), joined AS ${joined} ${values.join(" UNION ALL ")}`;
}

/** By how many tolerances two values are apart; text is apart beyond all numbers, and what one side lacks is not compared. */
function apartSql(filed: string, logged: string): string {
  const [one, other] = [`try_cast(${filed} AS DOUBLE)`, `try_cast(${logged} AS DOUBLE)`];
  const size = `greatest(abs(${one}), (SELECT avg(abs(try_cast(${filed} AS DOUBLE))) FROM file), 1e-300)`;
  const distance = `abs(${one} - ${other}) / (${matchTolerance} * ${size})`;
  return `CASE WHEN ${filed} IS NULL OR ${logged} IS NULL THEN 0.0
      WHEN ${one} = ${other} OR ${filed}::VARCHAR = ${logged}::VARCHAR THEN 0.0
      WHEN ${one} IS NULL OR ${other} IS NULL OR NOT isfinite(${one} - ${other}) THEN 'inf'::DOUBLE
      WHEN ${distance} <= 1 THEN 0.0 ELSE ${distance} END`;
}

function parquet(path: string): DataFiles {
  return { paths: [path], format: "parquet" };
}

function textOrNumber(value: unknown): number | string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = asText(value);
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}
