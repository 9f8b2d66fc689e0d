import { parse } from "csv-parse/sync";
import { DriftwardError } from "../../core/errors.ts";
import { checkColumnNames } from "./column-names.ts";
import { quoteName, quoteText, quoteTexts } from "./quote.ts";
import { asText, queryRows, type Session } from "./session.ts";

/**
 * CSV files as one table of text columns.
 *
 * Nothing about a file is guessed but its delimiter, from its first line: DuckDB's own detection skips leading lines
 * that do not look like the rest, and with them rows. So a row of the wrong length is an error with its line.
 * Files with the same header are read together, others are put below by name.
 */
export async function csvSource(session: Session, paths: readonly string[]): Promise<string> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const header = await readHeader(session, path);
    const same = groups.get(header) ?? [];
    same.push(path);
    groups.set(header, same);
  }
  const tables = [...groups].map(([header, files]) => readCsv(header, files));
  return tables.length === 1
    ? String(tables[0])
    : `(${tables.map((table) => `FROM ${table}`).join(" UNION ALL BY NAME ")})`;
}

function readCsv(header: string, paths: readonly string[]): string {
  const delimiter = delimiterOf(header);
  const names = columnNames(header, delimiter, String(paths[0]));
  checkColumnNames(names, String(paths[0]));
  const columns = names.map((name) => `${quoteName(name)}: 'VARCHAR'`).join(", ");
  return (
    `read_csv(${quoteTexts(paths)}, auto_detect=false, header=true, strict_mode=true, ` +
    `delim=${quoteText(delimiter)}, quote='"', escape='"', nullstr='', columns={${columns}})`
  );
}

async function readHeader(session: Session, path: string): Promise<string> {
  const wholeLine = `auto_detect=false, header=false, strict_mode=false, delim='\x01', quote='', escape=''`;
  const lines = await queryRows(
    session,
    `FROM read_csv(${quoteText(path)}, ${wholeLine}, columns={"line": 'VARCHAR'}) LIMIT 1`,
  );
  const line = asText(lines[0]?.[0]).replace(/^\ufeff/, "");
  if (line.trim() === "")
    throw new DriftwardError("InvalidData", `expected a line of column names first in ${path}, got none`, {
      hint: "write a header line",
    });
  return line;
}

/** The sign among , ; tab | that stands most often outside of quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"(?:[^"]|"")*"/g, "");
  const counts = [",", ";", "\t", "|"].map((sign) => ({ sign, count: bare.split(sign).length - 1 }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}

function columnNames(header: string, delimiter: string, path: string): readonly string[] {
  try {
    const [names = []] = parse(header, { delimiter }) as string[][];
    // Data frames are often written with their index under an empty name.
    return names.map((name, i) => (name === "" ? `column${i}` : name));
  } catch (cause) {
    throw new DriftwardError(
      "InvalidData",
      `expected a line of column names first in ${path}, got ${header.slice(0, 80)}`,
      {
        hint: "quote names that hold the delimiter or quotes",
        cause,
      },
    );
  }
}
