import type { CountEngine, DataFiles, ShadowComparison } from "../../ports/count-engine.ts";
import { filterCondition } from "./expressions.ts";
import { predictionColumns } from "./labelled-sql.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

type ShadowRequest = Parameters<CountEngine["compareShadow"]>[0];

const columnsRead = ["prediction_id", "timestamp", "prediction", "score", "entity_id", "model_version"];

/** What champion and challenger said of the same predictions, in one pass of SQL. See the port. */
export async function compareShadow(session: Session, request: ShadowRequest): Promise<ShadowComparison> {
  const { champion, challenger, from, to } = request;
  if (champion.files.paths.length === 0 || challenger.files.paths.length === 0)
    return { champion: 0, challenger: 0, compared: 0, agreeing: 0 };
  const side = async ({ files, version }: ShadowRequest["champion"]) => tableOf(session, files, version, { from, to });
  const [one, other] = [await side(champion), await side(challenger)];
  const values = "CASE WHEN c.score IS NOT NULL AND h.score IS NOT NULL THEN";
  const reader = await session.connection.runAndReadAll(`
    WITH c AS (${one}), h AS (${other}),
    pairs AS (
      SELECT c.said AS c_said, h.said AS h_said,
        ${values} c.score ELSE try_cast(c.said AS DOUBLE) END AS c_value,
        ${values} h.score ELSE try_cast(h.said AS DOUBLE) END AS h_value
      FROM c JOIN h USING (id)),
    stacked AS (
      SELECT c_value AS value, 1 AS c, 0 AS h FROM pairs UNION ALL SELECT h_value, 0, 1 FROM pairs),
    steps AS (SELECT value, sum(c) AS c, sum(h) AS h FROM stacked WHERE value IS NOT NULL GROUP BY value),
    running AS (SELECT abs(sum(c) OVER w - sum(h) OVER w) AS apart FROM steps WINDOW w AS (ORDER BY value)),
    categories AS (
      SELECT said, sum(c) AS c, sum(h) AS h FROM (
        SELECT c_said AS said, 1 AS c, 0 AS h FROM pairs UNION ALL SELECT h_said, 0, 1 FROM pairs) GROUP BY said)
    SELECT
      (SELECT count(*) FROM c)::DOUBLE, (SELECT count(*) FROM h)::DOUBLE, (SELECT count(*) FROM pairs)::DOUBLE,
      (SELECT count(*) FROM pairs WHERE c_said = h_said)::DOUBLE,
      (SELECT avg(h_value - c_value) FROM pairs)::DOUBLE,
      (SELECT count(*) FROM pairs WHERE c_value IS NULL OR h_value IS NULL)::DOUBLE,
      (SELECT max(apart) FROM running)::DOUBLE, (SELECT sum(abs(c - h)) / 2 FROM categories)::DOUBLE`);
  const [row = []] = reader.getRowsJS();
  const [championRows, challengerRows, compared, agreeing, meanDifference, unordered, apart, moved] = row.map(
    (value) => (value === null ? undefined : Number(value)),
  );
  const n = compared ?? 0;
  const numeric = unordered === 0 && n > 0;
  const distance = numeric ? apart : moved;
  return {
    ...{ champion: championRows ?? 0, challenger: challengerRows ?? 0, compared: n, agreeing: agreeing ?? 0 },
    ...(numeric && meanDifference !== undefined ? { meanDifference } : {}),
    ...(n === 0 || distance === undefined ? {} : { distance: distance / n }),
  };
}

/** SQL of a table (id, said, score): the rows of one version in the time, each id once. */
async function tableOf(
  session: Session,
  files: DataFiles,
  modelVersion: string,
  range: { readonly from: Date; readonly to: Date },
): Promise<string> {
  const source = await openSource(session, files, columnsRead);
  const { id, prediction, score } = predictionColumns(source);
  return `SELECT ${id} AS id, any_value(${prediction})::VARCHAR AS said, any_value(${score}) AS score
    FROM ${source.from} WHERE ${filterCondition(source, { ...range, modelVersion })} GROUP BY 1`;
}
