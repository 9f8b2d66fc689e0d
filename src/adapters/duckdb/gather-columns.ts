import { aroundRange } from "./around-range.ts";
import { columnKind, numberExpression } from "./expressions.ts";
import { parseNames } from "./invalid-names.ts";
import { queryRows, type Session } from "./session.ts";
import type { Source, SourceColumn } from "./source.ts";
import { streamVectors, type VectorChunk } from "./stream-vectors.ts";

/** What may pile up while columns are gathered: little beside the columns, and letting go of it takes time. */
const BYTES_KEPT = 16_000_000;

/** The numbers of one column, held in memory. */
export interface HeldColumn {
  /** In order of rows; infinities too, no NaN. */
  readonly values: Float64Array;
  readonly missing: number;
  readonly invalid: number;
}

/** Memory for columns, used again and again: fresh pages cost as much as reading a file into them. */
export interface ColumnBuffers {
  readonly columns: readonly Float64Array[];
  /** For sorting one. */
  readonly spare: Float64Array;
}

export function createColumnBuffers(columns: number, rows: number): ColumnBuffers {
  return { columns: Array.from({ length: columns }, () => new Float64Array(rows)), spare: new Float64Array(rows) };
}

/**
 * Reads columns as numbers, in one pass.
 *
 * @param filtered  FROM and WHERE
 * @param buffers   at least as many as columns, each as long as there are rows
 */
export async function gatherColumns(
  session: Session,
  filtered: string,
  columns: readonly SourceColumn[],
  buffers: readonly Float64Array[],
): Promise<readonly HeldColumn[]> {
  const select: string[] = [];
  const readers = columns.flatMap((column, i) => {
    const buffer = buffers[i];
    if (buffer === undefined) return [];
    const { value, invalid } = numberExpression(column);
    const at = select.push(value) - 1;
    return [createReader(buffer, at, invalid === undefined ? undefined : select.push(invalid) - 1)];
  });
  if (readers.length > 0)
    await streamVectors(
      session,
      `SELECT ${select.join(", ")} ${filtered}`,
      (chunk) => {
        for (const reader of readers) reader.take(chunk);
      },
      BYTES_KEPT,
    );
  return readers.map((reader) => reader.held());
}

interface Reader {
  take(chunk: VectorChunk): void;
  held(): HeldColumn;
}

function createReader(buffer: Float64Array, at: number, flags: number | undefined): Reader {
  let [filled, rows, invalid] = [0, 0, 0];
  return {
    take(chunk) {
      rows += chunk.rows;
      filled = appendNumbers(buffer, filled, chunk.doubles(at), chunk.validity(at));
      if (flags !== undefined) for (const flag of chunk.booleans(flags)) invalid += flag === 1 ? 1 : 0;
    },
    held: () => ({ values: buffer.subarray(0, filled), missing: rows - filled - invalid, invalid }),
  };
}

/** Appends what is neither null nor NaN; returns the new length. */
function appendNumbers(
  buffer: Float64Array,
  filled: number,
  values: Float64Array,
  validity: Uint8Array | undefined,
): number {
  let next = filled;
  for (let i = 0; i < values.length; i += 1) {
    if (validity !== undefined && (((validity[i >> 3] as number) >> (i & 7)) & 1) === 0) continue;
    const value = values[i] as number;
    buffer[next] = value;
    // NaN is written and then written over.
    if (!Number.isNaN(value)) next += 1;
  }
  return next;
}

/** Values of a column from one open range; infinite ends are inside. */
export interface Wanted {
  readonly column: SourceColumn;
  readonly from: number;
  readonly to: number;
  /** As many as there are in the range, at least. */
  readonly rows: number;
}

/** Reads of each column what lies in its range, in one pass. */
export async function gatherBetween(
  session: Session,
  filtered: string,
  wanted: readonly Wanted[],
): Promise<readonly Float64Array[]> {
  const held = wanted.map(({ rows }) => new Float64Array(rows));
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
