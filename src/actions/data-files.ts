import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DriftwardError } from "../core/errors.ts";
import type { DataFiles } from "../ports/count-engine.ts";

const formats: Readonly<Record<string, DataFiles["format"]>> = {
  parquet: "parquet",
  pq: "parquet",
  csv: "csv",
  tsv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
};

/** Endings of compressed files. */
const packed = /\.(gz|zip|zst|bz2|xz)$/i;

/**
 * Files of one table as a person named them; the format goes by the ending.
 *
 * @throws InvalidInput when an ending is not known, or they differ
 */
export function dataFiles(paths: readonly string[]): DataFiles {
  const found = paths.map((path) => {
    const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
    const format = formats[ending];
    if (format === undefined)
      throw new DriftwardError(
        "InvalidInput",
        `expected a file ending in .parquet, .csv, .tsv, .ndjson or .jsonl, got ${path}`,
        { hint: packed.test(path) ? "unpack it first" : "give the file the ending of the format that it has" },
      );
    return format;
  });
  const [format] = found;
  if (format === undefined || found.some((other) => other !== format))
    throw new DriftwardError("InvalidInput", `expected files of one format, got ${paths.join(", ")}`);
  return { paths: paths.map((path) => resolve(path)), format };
}

/** The folders of files that a person named; where links lead is named with them. */
export function foldersOf(files: readonly DataFiles[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of files.flatMap(({ paths }) => paths)) {
    folders.add(dirname(path));
    const real = realPath(path);
    if (real !== undefined) folders.add(dirname(real));
  }
  return [...folders];
}

/** Patterns and files that are not there have none. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
