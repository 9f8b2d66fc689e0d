import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CountEngine } from "../../ports/count-engine.ts";
import { filterCondition } from "./expressions.ts";
import { firstLabels, predictionColumns } from "./labelled-sql.ts";
import { quoteName, quoteText } from "./quote.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type RunDataRequest = Parameters<CountEngine["writeRunData"]>[0];

const systemColumns: ReadonlySet<string> = new Set([
  "prediction_id",
  "timestamp",
  "model_version",
  "prediction",
  "score",
  "entity_id",
  "_hour",
  "_invalid",
]);

/**
 * Writes the three files of a run; see the port.
 *
 * Training: prediction_id, timestamp, entity_id where there is one, features, label; by time. Evaluation: id, features.
 * Key: id, prediction_id, timestamp, model_version, entity_id, prediction, score and score_<class> where there are, label.
 */
export async function writeRunData(
  session: Session,
  request: RunDataRequest,
): Promise<Awaited<ReturnType<CountEngine["writeRunData"]>>> {
  const source = await openSource(session, request.predictions);
  const labels = await firstLabels(session, request.labels);
  const { id, time } = predictionColumns(source);
  const filter = (from: Date | undefined, to: Date): string =>
    filterCondition(source, { to, ...(from === undefined ? {} : { from }) });
  const joined = (condition: string): string =>
    `(SELECT p.*, l.label AS label FROM (SELECT *, ${id} AS "#id", ${time} AS "#time" FROM ${source.from} WHERE ${condition}) p
      JOIN ${labels} l ON p."#id" = l.id)`;
  const features = featureNames(source);
  const kept = ["prediction_id", "timestamp", ...presentOf(source, ["entity_id"]), ...features, "label"];
  const training = joined(filter(request.trainingFrom, request.cut));
  await copyTo(session, `SELECT ${list(kept)} FROM ${training} ORDER BY "#time", "#id"`, request.trainingPath);
  // md5 is the same in every version of DuckDB, so the same seed gives the same files for good.
  const shuffled = `(SELECT *, 'r' || row_number() OVER (ORDER BY md5(${quoteText(`${request.seed}:`)} || "#id"), "#id") AS "#opaque"
    FROM ${joined(filter(request.cut, request.until))})`;
  const order = `ORDER BY CAST("#opaque"[2:] AS BIGINT)`;
  await copyTo(session, `SELECT "#opaque" AS id, ${list(features)} FROM ${shuffled} ${order}`, request.evaluationPath);
  const system = presentOf(source, ["model_version", "entity_id", "prediction", ...scoreNames(source)]);
  await copyTo(
    session,
    `SELECT "#opaque" AS id, "#id" AS prediction_id, make_timestamp("#time") AS timestamp, ${list(system)}, label FROM ${shuffled} ${order}`,
    request.keyPath,
  );
  return {
    trainingRows: await rowsOf(session, request.trainingPath),
    evaluationRows: await rowsOf(session, request.evaluationPath),
  };
}

/** Every column that the contract of prediction files does not name. */
function featureNames(source: Source): readonly string[] {
  return [...source.columns.keys()].filter((name) => !systemColumns.has(name) && !name.startsWith("score_"));
}

function scoreNames(source: Source): readonly string[] {
  return [...source.columns.keys()].filter((name) => name === "score" || name.startsWith("score_"));
}

function presentOf(source: Source, names: readonly string[]): readonly string[] {
  return names.filter((name) => source.columns.has(name));
}

function list(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

/** Written aside and renamed, so that nobody meets half a file. */
async function copyTo(session: Session, select: string, path: string): Promise<void> {
  const aside = join(dirname(path), `.writing-${process.pid}.parquet`);
  await session.connection.run(`COPY (${select}) TO ${quoteText(aside)} (FORMAT parquet, COMPRESSION zstd)`);
  await rename(aside, path);
}

async function rowsOf(session: Session, path: string): Promise<number> {
  return queryNumber(session, `SELECT num_rows FROM parquet_file_metadata(${quoteText(path)})`);
}
