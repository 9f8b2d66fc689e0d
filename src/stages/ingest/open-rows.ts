import { createHash } from "node:crypto";
import type { ColumnMapping } from "../../core/prediction/contract.ts";
import type { ReadOptions, RowReader, RowSource } from "../../ports/row-source.ts";

/** Where rows come from: a file, or what a program holds. */
export type RowsFrom =
  | ({ readonly file: string } & ReadOptions)
  | { readonly rows: readonly object[]; readonly name?: string };

export async function openRows(reader: RowReader, from: RowsFrom): Promise<RowSource> {
  if ("rows" in from) return reader.fromRows(from.rows, from.name);
  const { file, ...options } = from;
  return reader.open(file, options);
}

/** Of the bytes and of how they are read: the same file read in another way is another one. */
export async function digestRows(
  source: RowSource,
  from: RowsFrom,
  how: { readonly mapping: ColumnMapping; readonly kind: string; readonly epoch: string | undefined },
): Promise<string> {
  const options = "file" in from ? [from.format, from.delimiter] : [];
  const mapping = Object.entries(how.mapping).sort(([a], [b]) => (a < b ? -1 : 1));
  const read = JSON.stringify([await source.digest(), how.kind, mapping, how.epoch, source.textual, options]);
  return createHash("sha256").update(read).digest("hex");
}
