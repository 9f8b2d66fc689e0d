import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { RawBatch, RawRow } from "../../ports/row-source.ts";
import { invalid, type OpenFile } from "./open-file.ts";
import { readTextChunks } from "./read-text-chunks.ts";

const largestRecord = 16 << 20;

/**
 * Rows of a CSV file as RFC 4180 has it: a header, quotes doubled inside quotes, any line ends. A row with more or
 * fewer fields than the header is a row with a problem; quotes that do not match are a broken file.
 */
export async function* readCsv(file: OpenFile, delimiter: string, size: number): AsyncGenerator<RawBatch> {
  let columns: readonly string[] | undefined;
  let rows: RawRow[] = [];
  let line = 1;
  for await (const fields of records(file, delimiter)) {
    const begins = line;
    line += 1 + countLineEnds(fields);
    if (fields.length === 1 && fields[0] === "") continue;
    if (columns === undefined) {
      columns = checkHeader(file, fields, delimiter);
      continue;
    }
    rows.push(rowOf(fields, columns.length, begins));
    if (rows.length === size) {
      yield { columns, rows };
      rows = [];
    }
  }
  if (columns === undefined) throw invalid(file.name, "expected a header, got blank lines only", "name the columns");
  yield { columns, rows };
}

async function* records(file: OpenFile, delimiter: string): AsyncGenerator<readonly string[]> {
  const parser = parse({ delimiter, relax_column_count: true, max_record_size: largestRecord });
  // The error reaches the reader below; here it only has to be taken.
  pipeline(Readable.from(readTextChunks(file)), parser, () => undefined);
  try {
    for await (const record of parser) yield record as readonly string[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = "lines" in error && typeof error.lines === "number" ? error.lines : undefined;
    throw invalid(file.name, `no valid CSV: ${error.message}`, "quote fields that hold quotes, and double these", line);
  }
}

function rowOf(fields: readonly string[], width: number, line: number): RawRow {
  if (fields.length === width) return { line, values: fields };
  return { line, values: [], problem: `has ${fields.length} fields, and the header has ${width}` };
}

function countLineEnds(fields: readonly string[]): number {
  let ends = 0;
  for (const field of fields) if (/[\r\n]/.test(field)) ends += field.match(/\r\n|\r|\n/g)?.length ?? 0;
  return ends;
}

/** One column whose name holds another separator is a file of that separator: said, not guessed. */
function checkHeader(file: OpenFile, fields: readonly string[], delimiter: string): readonly string[] {
  const other = [";", "\t", "|", ","].find((mark) => mark !== delimiter && fields[0]?.includes(mark));
  if (fields.length === 1 && other !== undefined)
    throw invalid(
      file.name,
      `expected columns separated by ${JSON.stringify(delimiter)}, got one column ${JSON.stringify(fields[0]?.slice(0, 80))}`,
      `name the separator: --delimiter ${other === "\t" ? "tab" : `'${other}'`}`,
      1,
    );
  return fields;
}
