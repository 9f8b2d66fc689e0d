import { closeSync, constants, lstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { isNativeError } from "node:util/types";
import { DriftwardError } from "../../core/errors.ts";
import type { DataFiles } from "../../ports/count-engine.ts";
import { hasParquetMarks } from "./parquet-marks.ts";

/**
 * Looks at files before DuckDB opens them: a pipe would be waited for until somebody writes to it, and what DuckDB says of a
 * folder, of a packed file or of another encoding leads nobody to the mistake.
 *
 * @throws InvalidData naming the file, what it is and what to do
 */
export function lookAtFiles(paths: readonly string[], format: DataFiles["format"]): void {
  for (const path of paths) {
    const found = reached(path, () => statSync(path, { throwIfNoEntry: false }));
    if (found === undefined) throw refusal(`expected a file ${path}, got ${absence(path)}`, "look at the path");
    refuseByKind(path, found);
    if (format !== "parquet") refuseByStart(path);
  }
}

function absence(path: string): string {
  return reached(path, () => lstatSync(path, { throwIfNoEntry: false })) === undefined ? "none" : "a link to nothing";
}

function refuseByKind(path: string, found: Stats): void {
  if (found.isDirectory())
    throw refusal(`expected a file, got the folder ${path}`, `name the files in it, such as '${path}/*.parquet'`);
  if (!found.isFile())
    throw refusal(`expected a file, got a pipe or device: ${path}`, "write the rows to a file and name that");
  if (found.size === 0)
    throw refusal(
      `expected rows in ${path}, got a file of zero bytes`,
      "look whether the program that writes it failed; leave the file out when there is nothing to say",
    );
}

/** How files of other formats begin, what they are, and what to do. */
const starts: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["1f8b", "a gzip file", "unpack it with gunzip first"],
  ["28b52ffd", "a zstd file", "unpack it with unzstd first"],
  ["504b0304", "a zip or Excel file", "unpack it first, or save it as CSV with UTF-8"],
  ["fffe", "UTF-16", "convert it, as with: iconv -f UTF-16 -t UTF-8"],
  ["feff", "UTF-16", "convert it, as with: iconv -f UTF-16 -t UTF-8"],
];

function refuseByStart(path: string): void {
  const { start, isParquet } = readStart(path);
  if (isParquet) throw refusal(`expected UTF-8 text in ${path}, got a Parquet file`, "let its name end in .parquet");
  const other = starts.find(([bytes]) => start.startsWith(bytes));
  if (other !== undefined) throw refusal(`expected UTF-8 text in ${path}, got ${other[1]}`, other[2]);
}

/** The first four bytes in hexadecimal. */
function readStart(path: string): { readonly start: string; readonly isParquet: boolean } {
  const file = reached(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    const bytes = new Uint8Array(4);
    const start = Buffer.from(bytes.subarray(0, readSync(file, bytes, 0, 4, 0))).toString("hex");
    return { start, isParquet: hasParquetMarks(file) };
  } finally {
    closeSync(file);
  }
}

function reached<T>(path: string, reach: () => T): T {
  try {
    return reach();
  } catch (cause) {
    const why = isNativeError(cause) && "code" in cause ? String(cause.code) : String(cause);
    throw refusal(
      `${path}: cannot be opened (${why})`,
      "see whether this user may read it and enter the folders above",
    );
  }
}

function refusal(message: string, hint: string): DriftwardError {
  return new DriftwardError("InvalidData", message, { hint });
}
