import { DriftwardError } from "../../core/errors.ts";
import { checkColumnNames } from "./column-names.ts";
import { quoteTexts } from "./quote.ts";
import { queryRows, type Session } from "./session.ts";

/**
 * Looks at the footers of Parquet files before any page is read: a file of 200 kB may claim 300 million rows, and
 * DuckDB renames a column that is there twice.
 *
 * @returns rows of all files together
 * @throws InvalidData naming the file
 */
export async function inspectParquet(session: Session, paths: readonly string[]): Promise<number> {
  const list = quoteTexts(paths);
  const files = await queryRows(session, `SELECT file_name, num_rows FROM parquet_file_metadata(${list})`);
  const rows = files.reduce((sum, [, count]) => sum + Number(count), 0);
  if (rows > session.maxRows)
    throw new DriftwardError(
      "InvalidData",
      `expected at most ${session.maxRows} rows, got ${rows} in ${files
        .map(([file]) => String(file))
        .slice(0, 3)
        .join(", ")}`,
      { hint: "name fewer files at once, or raise the limit of rows in driftward.yaml" },
    );
  // Top-level fields only: children of a struct or list follow their parent and may repeat names.
  const fields = await queryRows(
    session,
    `SELECT file_name, name, coalesce(num_children, 0) FROM parquet_schema(${quoteTexts([...new Set(paths)])}) ORDER BY file_name, column_id`,
  );
  const byFile = new Map<string, [string, number][]>();
  for (const [file, name, children] of fields) {
    const nodes = byFile.get(String(file)) ?? [];
    nodes.push([String(name), Number(children)]);
    byFile.set(String(file), nodes);
  }
  for (const [file, nodes] of byFile) checkColumnNames(topLevel(nodes), file);
  return rows;
}

/** Names of the root's children; nodes come depth first, the root before them, each with its number of children. */
function topLevel(nodes: readonly (readonly [string, number])[]): readonly string[] {
  const names: string[] = [];
  let nested = 0;
  for (const [name, children] of nodes.slice(1)) {
    if (nested === 0) names.push(name);
    else nested -= 1;
    nested += children;
  }
  return names;
}
