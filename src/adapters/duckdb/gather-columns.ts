import { DriftwardError } from "../../core/errors.ts";
import { aroundRange } from "./around-range.ts";
import { columnKind, numberExpression } from "./expressions.ts";
import { parseNames } from "./invalid-names.ts";
import { queryRows, type Session } from "./session.ts";
import type { Source, SourceColumn } from "./source.ts";
import { streamVectors, type VectorChunk } from "./stream-vectors.ts";
import type { Workspace } from "./workspace.ts";

/** The numbers of one column, held in memory. */
export interface HeldColumn {
  /** In order of rows; infinities too, no NaN. */
  readonly values: Float64Array;
  readonly missing: number;
  readonly invalid: number;
}

/** Memory for columns, used again and again: fresh pages cost as much as reading a file into them. */
export interface ColumnBuffers {
  readonly workspace: Workspace;
  /** Arrays of the workspace. */
  readonly columns: readonly Float64Array[];
}

export function createColumnBuffers(workspace: Workspace, columns: number, rows: number): ColumnBuffers {
  return { workspace, columns: Array.from({ length: columns }, () => workspace.doubles(rows)) };
}

/**
 * Reads columns as numbers, in one pass.
 *
 * @param filtered  FROM and WHERE
 * @param buffers   at least as many as columns, each as long as there are rows
 * @throws InvalidData when there are more rows by now
 */
export async function gatherColumns(
  session: Session,
  filtered: string,
  columns: readonly SourceColumn[],
  buffers: ColumnBuffers,
): Promise<readonly HeldColumn[]> {
  const held: HeldColumn[] = [];
  for (const some of inStatements(columns))
    held.push(
      ...(await gatherSome(session, filtered, some, {
        ...buffers,
        columns: buffers.columns.slice(held.length, held.length + some.length),
      })),
    );
  return held;
}

/** Text columns of one statement, at most: planning it takes time and memory that grow with their square. */
const TEXTS_AT_ONCE = 100;

/** Columns in as few statements as go; text is divided. */
export function inStatements<Column extends Pick<SourceColumn, "type">>(
  columns: readonly Column[],
): readonly (readonly Column[])[] {
  const texts = columns.filter(({ type }) => columnKind(type) !== "numeric").length;
  const size = texts > TEXTS_AT_ONCE ? TEXTS_AT_ONCE : Math.max(1, columns.length);
  return Array.from({ length: Math.ceil(columns.length / size) }, (_, i) => columns.slice(i * size, (i + 1) * size));
}

async function gatherSome(
  session: Session,
  filtered: string,
  columns: readonly SourceColumn[],
  buffers: ColumnBuffers,
): Promise<readonly HeldColumn[]> {
  const select: string[] = [];
  const readers = columns.flatMap((column, i) => {
    const buffer = buffers.columns[i];
    if (buffer === undefined) return [];
    const { value, invalid } = numberExpression(column);
    const at = select.push(value) - 1;
    const flags = invalid === undefined ? undefined : select.push(invalid) - 1;
    return [createReader(buffers.workspace, buffer, at, flags)];
  });
  if (readers.length > 0)
    await streamVectors(session, `SELECT ${select.join(", ")} ${filtered}`, (chunk) => {
      for (const reader of readers) reader.take(chunk);
    });
  return readers.map((reader) => reader.held());
}

interface Reader {
  take(chunk: VectorChunk): void;
  held(): HeldColumn;
}

function createReader(workspace: Workspace, buffer: Float64Array, at: number, flags: number | undefined): Reader {
  let [filled, rows, invalid] = [0, 0, 0];
  return {
    take(chunk) {
      rows += chunk.rows;
      if (rows > buffer.length) throw rowsAdded(buffer.length, rows);
      filled += workspace.keepPresent(buffer.subarray(filled), chunk.doubles(at), chunk.validity(at));
      if (flags !== undefined) for (const flag of chunk.booleans(flags)) invalid += flag === 1 ? 1 : 0;
    },
    held: () => ({ values: buffer.subarray(0, filled), missing: rows - filled - invalid, invalid }),
  };
}

function rowsAdded(expected: number, found: number): DriftwardError {
  return new DriftwardError("InvalidData", `expected ${expected} rows, as counted before, got at least ${found}`, {
    hint: "compare files that nobody writes to any more",
  });
}

/** Values of a column from one open range; infinite ends are inside. */
export interface Wanted {
  readonly column: SourceColumn;
  readonly from: number;
  readonly to: number;
  /** As many as there are in the range, at least. */
  readonly rows: number;
}

/** Reads of each column what lies in its range, in one pass, into the workspace. */
export async function gatherBetween(
  session: Session,
  filtered: string,
  wanted: readonly Wanted[],
  workspace: Workspace,
): Promise<readonly Float64Array[]> {
  const held = wanted.map(({ rows }) => workspace.doubles(rows));
  const filled = wanted.map(() => 0);
  const select = wanted.map(({ column }) => numberExpression(column).value);
  if (wanted.length > 0)
    await streamVectors(session, `SELECT ${select.join(", ")} ${filtered}`, (chunk) => {
      for (const [f, range] of wanted.entries())
        filled[f] = appendBetween(held[f] as Float64Array, filled[f] ?? 0, chunk.doubles(f), chunk.validity(f), range);
    });
  return held.map((values, f) => values.subarray(0, filled[f]));
}

function appendBetween(
  into: Float64Array,
  filled: number,
  values: Float64Array,
  validity: Uint8Array | undefined,
  { from, to }: Wanted,
): number {
  const { middle, reach } = aroundRange(from, to);
  let next = filled;
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i] as number;
    if (!(Math.abs(x - middle) <= reach)) continue;
    const isInside = Number.isFinite(x) ? x > from && x < to : x === from || x === to;
    if (!isInside) continue;
    if (validity !== undefined && (((validity[i >> 3] as number) >> (i & 7)) & 1) === 0) continue;
    into[next] = x;
    next += 1;
  }
  return next;
}

/** Rows whose value of a feature was not of its type, as the log notes it in `_invalid`; empty without that column. */
export async function notedInvalid(
  session: Session,
  source: Source,
  filtered: string,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const column = source.columns.get("_invalid");
  if (column === undefined || columnKind(column.type) !== "text") return found;
  const rows = await queryRows(
    session,
    `SELECT "_invalid", count(*)::DOUBLE ${filtered} AND "_invalid" IS NOT NULL GROUP BY ALL`,
  );
  for (const [names, count] of rows)
    for (const name of parseNames(String(names))) found.set(name, (found.get(name) ?? 0) + Number(count));
  return found;
}
