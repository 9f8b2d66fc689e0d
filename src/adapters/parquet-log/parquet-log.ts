import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type {
  BaselineRecord,
  LogLabel,
  LogPrediction,
  PredictionLog,
  RowSchema,
  WrittenFile,
} from "../../ports/log.ts";
import { createParquetWriter, type ParquetWriter } from "./parquet-writer.ts";
import { fileDigest, makeSyncedFolder, publishFile } from "./publish-file.ts";
import { findSettled } from "./settled-files.ts";
import { baselineColumns, labelColumns, predictionColumns, type TableColumn } from "./tables.ts";

/** Small files wait for the disk more than for the processor. */
const filesAtOnce = 4;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The prediction log as Parquet files under a folder:
 * `<root>/<model id>/{predictions,labels}/<day>/<file id>.parquet` and `<root>/<model id>/baselines/<id>.parquet`.
 */
export function createParquetLog(root: string): PredictionLog {
  const folder = resolve(root);
  const writer = createParquetWriter(join(folder, ".spill"));
  const locate = (file: { readonly path: string }): string => locateUnder(folder, file.path);
  return {
    writePredictions: async (modelId, rows, schema) =>
      writeDays(folder, writer, {
        place: `${checkId(modelId)}/predictions`,
        rows,
        columns: predictionColumns(schema),
        timeOf: (row: LogPrediction) => row.timestamp,
        orderBy: ["timestamp", "prediction_id"],
      }),
    writeLabels: async (modelId, rows, schema) =>
      writeDays(folder, writer, {
        place: `${checkId(modelId)}/labels`,
        rows,
        columns: labelColumns(schema),
        timeOf: (row: LogLabel) => row.labelTimestamp,
        orderBy: ["label_timestamp", "prediction_id"],
      }),
    writeBaseline: async (modelId, baselineId, rows, schema) =>
      writeBaseline(folder, writer, baselinePath(modelId, baselineId), rows, schema),
    takeBaseline: (modelId, baselineId, write) => takeFile(folder, baselinePath(modelId, baselineId), write),
    baselinePath,
    locate,
    discard: async (files) => {
      for (const file of files) await rm(locate(file), { force: true });
    },
    settled: (olderThanMs) => findSettled(folder, olderThanMs),
    close: () => writer.close(),
  };
}

interface Days<Row> {
  readonly place: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly timeOf: (row: Row) => Date;
  readonly orderBy: readonly string[];
}

async function writeDays<Row>(root: string, writer: ParquetWriter, days: Days<Row>): Promise<readonly WrittenFile[]> {
  const byDay = new Map<string, Row[]>();
  for (const row of days.rows) {
    const day = days.timeOf(row).toISOString().slice(0, 10);
    const same = byDay.get(day);
    if (same === undefined) byDay.set(day, [row]);
    else same.push(row);
  }
  const parts = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  const written: WrittenFile[] = [];
  for (let at = 0; at < parts.length; at += filesAtOnce) {
    const some = parts.slice(at, at + filesAtOnce);
    written.push(...(await Promise.all(some.map(([day, rows]) => writeDay(root, writer, days, day, rows)))));
  }
  return written;
}

async function writeDay<Row>(
  root: string,
  writer: ParquetWriter,
  days: Days<Row>,
  day: string,
  rows: readonly Row[],
): Promise<WrittenFile> {
  const id = randomUUID();
  const path = `${days.place}/${day}/${id}.parquet`;
  const { digest: sha256 } = await writeOne(root, writer, path, days.columns, [rows], days.orderBy);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const time = days.timeOf(row).getTime();
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return { id, day, path, sha256, rowCount: rows.length, firstAt: new Date(first), lastAt: new Date(last) };
}

async function writeBaseline(
  root: string,
  writer: ParquetWriter,
  path: string,
  rows: AsyncIterable<readonly BaselineRecord[]>,
  schema: RowSchema,
) {
  const { digest, count } = await writeOne(root, writer, path, baselineColumns(schema), rows, []);
  return { path, sha256: digest, rowCount: count };
}

async function writeOne<Row>(
  root: string,
  writer: ParquetWriter,
  path: string,
  columns: readonly TableColumn<Row>[],
  parts: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  orderBy: readonly string[],
): Promise<{ readonly digest: string; readonly count: number }> {
  const { sha256: digest, written: count } = await takeFile(root, path, (aside) =>
    writer.write(aside, columns, parts, orderBy),
  );
  return { digest, count };
}

/** Lets somebody write a file aside, and gives it its name when it is whole. */
async function takeFile<Written>(root: string, path: string, write: (aside: string) => Promise<Written>) {
  const target = locateUnder(root, path);
  const aside = `${target}.${randomUUID()}.new`;
  await makeSyncedFolder(dirname(target));
  try {
    const written = await write(aside);
    const sha256 = await fileDigest(aside);
    await publishFile(aside, target);
    return { path, sha256, written };
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

function baselinePath(modelId: string, baselineId: string): string {
  return `${checkId(modelId)}/baselines/${checkId(baselineId)}.parquet`;
}

/** Ids go into paths, so they must be ids. */
function checkId(id: string): string {
  if (!uuid.test(id)) throw new TypeError(`expected a uuid, got ${JSON.stringify(id)}`);
  return id;
}

function locateUnder(root: string, path: string): string {
  const located = resolve(root, path);
  if (!located.startsWith(root + sep)) throw new TypeError(`expected a path inside the log, got ${path}`);
  return located;
}
