import type { RawBatch, RawRow } from "../../ports/row-source.ts";

/** A row that names its own columns, or why it is none. */
export type LineRecord =
  | { readonly line: number; readonly record: object }
  | { readonly line: number; readonly problem: string };

/** Puts rows that name their own columns under one header, in order of first sight. */
export function alignRecords(records: readonly LineRecord[]): RawBatch {
  const places = new Map<string, number>();
  const rows: RawRow[] = records.map((entry) => {
    if ("problem" in entry) return { line: entry.line, values: [], problem: entry.problem };
    const values: unknown[] = new Array(places.size).fill(undefined);
    for (const [name, value] of Object.entries<unknown>(entry.record as Record<string, unknown>)) {
      const at = places.get(name) ?? places.size;
      places.set(name, at);
      values[at] = value;
    }
    return { line: entry.line, values };
  });
  return { columns: [...places.keys()], rows };
}
