import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DriftwardError } from "../../core/errors.ts";
import type { RawBatch } from "../../ports/row-source.ts";
import { invalid, type OpenFile } from "./open-file.ts";
import { unscaleDecimals } from "./parquet-decimals.ts";

/** One row group is held in memory at a time; a small file can claim to hold very many rows. */
const mostRowsInGroup = 4_000_000;
const mostBytesInGroup = 2_000_000_000;

/** Rows of a Parquet file, row group by row group. */
export async function* readParquet(file: OpenFile, size: number): AsyncGenerator<RawBatch> {
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: async (start, end = file.size) =>
      (await file.read(start < 0 ? file.size + start : start, end)).buffer as ArrayBuffer,
  };
  const { metadata, scale } = unscaleDecimals(await guard(file, () => parquetMetadataAsync(buffer)));
  const decimal = scale.flatMap((to, index) => (to === undefined ? [] : [{ index, to }]));
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  checkGroups(file, metadata);
  let first = 0;
  for (const group of metadata.row_groups) {
    const end = first + Number(group.num_rows);
    const values = await guard(file, () => readRows(buffer, metadata, first, end));
    if (values.length !== end - first)
      throw invalid(file.name, `expected ${end - first} rows in a row group, got ${values.length}`, "write it again");
    for (const row of values) for (const { index, to } of decimal) row[index] = to(row[index]);
    for (let at = 0; at < values.length; at += size) {
      const part = values.slice(at, at + size);
      yield { columns, rows: part.map((row, index) => ({ line: first + at + index + 1, values: row })) };
    }
    first = end;
  }
  if (first === 0) yield { columns, rows: [] };
}

async function readRows(file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number) {
  let rows: readonly unknown[][] = [];
  const onComplete = (read: unknown[][]): void => {
    rows = read;
  };
  await parquetRead({ file, metadata, compressors, rowStart, rowEnd, rowFormat: "array", onComplete });
  return rows;
}

function checkGroups(file: OpenFile, metadata: FileMetaData): void {
  for (const { num_rows: rows, total_byte_size: bytes } of metadata.row_groups)
    if (rows > mostRowsInGroup || bytes > mostBytesInGroup)
      throw invalid(
        file.name,
        `expected row groups of at most ${mostRowsInGroup} rows and 2 GB, got ${rows} rows in ${bytes} bytes`,
        "write smaller row groups (pyarrow: row_group_size=1_000_000)",
      );
}

/** The library throws plain errors for what is wrong with a file. */
async function guard<Result>(file: OpenFile, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DriftwardError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DriftwardError("InvalidData", `${file.name}: no readable Parquet file: ${why}`, {
      hint: "it may be cut off or another format: write it again, or name its format",
      place: { file: file.name },
      cause,
    });
  }
}
