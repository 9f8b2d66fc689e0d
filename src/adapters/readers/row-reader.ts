import { extname } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { FileFormat, RawBatch, ReadOptions, RowReader, RowSource } from "../../ports/row-source.ts";
import { readCsv } from "./csv.ts";
import { inMemoryRows } from "./in-memory-rows.ts";
import { readNdjson } from "./ndjson.ts";
import { type OpenFile, openFile } from "./open-file.ts";
import { readParquet } from "./parquet.ts";

const formatOf: Readonly<Record<string, FileFormat>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".parquet": "parquet",
  ".pq": "parquet",
};

/** Reads files of this machine, and rows that a program holds. */
export const rowReader: RowReader = { open, fromRows: inMemoryRows };

async function open(path: string, options: ReadOptions = {}): Promise<RowSource> {
  const ending = extname(path).toLowerCase();
  const format = options.format ?? (Object.hasOwn(formatOf, ending) ? formatOf[ending] : undefined);
  if (format === undefined)
    throw new DriftwardError(
      "InvalidInput",
      `expected a file ending in ${Object.keys(formatOf).join(", ")}, got ${path}`,
      {
        hint: "name the format: csv, ndjson or parquet",
      },
    );
  const delimiter = options.delimiter ?? (ending === ".tsv" ? "\t" : ",");
  const file = await openFile(path);
  return {
    name: file.name,
    unit: format === "parquet" ? "row" : "line",
    textual: format === "csv",
    digest: file.digest,
    batches: (size) => batchesOf(file, format, delimiter, size),
    verify: file.verify,
    close: file.close,
  };
}

function batchesOf(file: OpenFile, format: FileFormat, delimiter: string, size: number): AsyncIterable<RawBatch> {
  switch (format) {
    case "csv":
      return readCsv(file, delimiter, size);
    case "ndjson":
      return readNdjson(file, size);
    case "parquet":
      return readParquet(file, size);
    default:
      return format satisfies never;
  }
}
