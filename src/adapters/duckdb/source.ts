import { existsSync } from "node:fs";
import { DriftwardError } from "../../core/errors.ts";
import type { DataFiles } from "../../ports/count-engine.ts";
import { checkColumnNames, refuseTwins } from "./column-names.ts";
import { csvSource } from "./csv-source.ts";
import { inspectParquet } from "./inspect-parquet.ts";
import { lookAtFiles } from "./look-at-files.ts";
import { hasControls, quoteName, quoteText, quoteTexts } from "./quote.ts";
import { refuseRenamedKeys } from "./renamed-keys.ts";
import { queryRows, type Session } from "./session.ts";

export interface SourceColumn {
  readonly name: string;
  /** As DuckDB calls it. CSV has only VARCHAR. */
  readonly type: string;
}

/** Files as one table: what stands behind FROM, and its columns. */
export interface Source {
  readonly from: string;
  readonly columns: ReadonlyMap<string, SourceColumn>;
  readonly format: DataFiles["format"];
}

/**
 * Opens files as one table; a column that some of them lack is null there.
 *
 * NDJSON is schemaless: with `wanted`, exactly these columns are read, as text, and one that no row has is null
 * throughout; without, all rows are looked at for names and types.
 *
 * @throws InvalidData naming the file or column that cannot be read
 */
export async function openSource(session: Session, files: DataFiles, wanted?: readonly string[]): Promise<Source> {
  const found = await findFiles(session, files.paths);
  lookAtFiles(found, files.format);
  const paths = found.map(literalPath);
  const from = await tableOf(session, files.format, paths, wanted);
  const columns = await describeColumns(session, from, paths);
  if (files.format === "ndjson" && wanted === undefined) await refuseRenamedKeys(session, paths, [...columns.keys()]);
  return { from, columns, format: files.format };
}

async function tableOf(
  session: Session,
  format: DataFiles["format"],
  paths: readonly string[],
  wanted: readonly string[] | undefined,
): Promise<string> {
  const list = quoteTexts(paths);
  if (format === "csv") return csvSource(session, paths);
  if (format === "ndjson") {
    const names = wanted === undefined || wanted.length === 0 ? undefined : [...new Set(wanted)];
    if (names !== undefined) refuseTwins(names, "the features");
    const columns = names?.map((name) => `${quoteName(name)}: 'VARCHAR'`).join(", ");
    const how = columns === undefined ? "sample_size=-1, map_inference_threshold=-1" : `columns={${columns}}`;
    return `read_json(${list}, format='newline_delimited', records='true', union_by_name=true, ${how})`;
  }
  await inspectParquet(session, paths);
  return `read_parquet(${list}, union_by_name=true)`;
}

/** The files that paths and patterns name. */
async function findFiles(session: Session, paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (hasControls(path))
      throw new DriftwardError(
        "InvalidData",
        `expected a path without control characters, got ${JSON.stringify(path)}`,
        { hint: "rename the file" },
      );
    if (!/[*?[]/.test(path) || existsSync(path)) files.push(path);
    else {
      const found = await queryRows(session, `SELECT file FROM glob(${quoteText(path)}) ORDER BY 1`);
      if (found.length === 0)
        throw new DriftwardError("InvalidData", `expected files that match "${path}", got none`, {
          hint: "look at the path, and whether it lies in the folders that Driftward may read",
        });
      files.push(...found.map(([file]) => String(file)));
    }
  }
  if (files.length === 0)
    throw new DriftwardError("InvalidData", "expected at least one file, got none", { hint: "name the data files" });
  return files;
}

/** A path as DuckDB takes it: the signs of patterns made literal. */
function literalPath(path: string): string {
  return path.replaceAll(/[*?[]/g, (sign) => `[${sign}]`);
}

async function describeColumns(
  session: Session,
  from: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, SourceColumn>> {
  const rows = await queryRows(session, `SELECT column_name, column_type FROM (DESCRIBE FROM ${from})`);
  const columns = rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  const where = paths.length === 1 ? String(paths[0]) : `${paths.length} files beginning with ${paths[0]}`;
  checkColumnNames(
    columns.map((column) => column.name),
    where,
  );
  return new Map(columns.map((column) => [column.name, column]));
}
