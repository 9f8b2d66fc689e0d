import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { addedColumns, isContractName } from "../../core/prediction/contract.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import { filterCondition } from "./expressions.ts";
import { firstLabels, predictionColumns } from "./labelled-sql.ts";
import { ownName, quoteName, quoteText } from "./quote.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type RunDataRequest = Parameters<CountEngine["writeRunData"]>[0];

const own = {
  id: ownName("id"),
  time: ownName("time"),
  label: ownName("label"),
  number: ownName("number"),
} as const;

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
    filterCondition(source, { to, except: request.except ?? [], ...(from === undefined ? {} : { from }) });
  const joined = (condition: string): string =>
    `(SELECT p.*, l.label AS ${own.label} FROM (SELECT *, ${id} AS ${own.id}, ${time} AS ${own.time} FROM ${source.from} WHERE ${condition}) p
      JOIN ${labels} l ON p.${own.id} = l.id)`;
  const features = featureNames(source);
  const kept = list(["prediction_id", "timestamp", ...presentOf(source, ["entity_id"]), ...features]);
  await copyTo(
    session,
    `SELECT ${kept}, ${own.label} AS label FROM ${joined(filter(request.trainingFrom, request.cut))} ORDER BY ${own.time}, ${own.id}`,
    request.trainingPath,
  );
  // md5 is the same in every version of DuckDB, so the same seed gives the same files for good.
  const shuffle = `row_number() OVER (ORDER BY md5(${quoteText(`${request.seed}:`)} || ${own.id}), ${own.id})`;
  const shuffled = `(SELECT *, ${shuffle} AS ${own.number} FROM ${joined(filter(request.cut, request.until))}) ORDER BY ${own.number}`;
  const opaque = `'r' || ${own.number} AS id`;
  await copyTo(session, `SELECT ${opaque}, ${list(features)} FROM ${shuffled}`, request.evaluationPath);
  const system = list(presentOf(source, ["model_version", "entity_id", "prediction", ...scoreNames(source)]));
  await copyTo(
    session,
    `SELECT ${opaque}, ${own.id} AS prediction_id, make_timestamp(${own.time}) AS timestamp, ${system}, ${own.label} AS label FROM ${shuffled}`,
    request.keyPath,
  );
  return {
    trainingRows: await rowsOf(session, request.trainingPath),
    evaluationRows: await rowsOf(session, request.evaluationPath),
  };
}

/**
 * Every column that the contract of prediction files does not name. A label among the features would be learnt.
 *
 * @throws InvalidData for a feature that is called like the evaluation file's own column
 */
function featureNames(source: Source): readonly string[] {
  const names = [...source.columns.keys()].filter(
    (name) => !isContractName(name) && !addedColumns.includes(name) && !name.startsWith("score_"),
  );
  const taken = names.find((name) => name.toLowerCase() === "id");
  if (taken !== undefined)
    throw new DriftwardError(
      "InvalidData",
      `expected no feature called "${taken}": the evaluation file's ids are, got one`,
      {
        hint: "rename the feature, or leave it out of the predictions",
      },
    );
  return names;
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
