import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rowReader } from "../../../src/adapters/readers/row-reader.ts";
import type { RawBatch, ReadOptions, RowSource } from "../../../src/ports/row-source.ts";

export interface Gathered {
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
  readonly lines: readonly number[];
  readonly problems: readonly (string | undefined)[];
  readonly batches: number;
}

/** All rows of a source under the union of its columns. */
export async function gather(source: RowSource, size = 1_000): Promise<Gathered> {
  const batches: RawBatch[] = [];
  for await (const batch of source.batches(size)) batches.push(batch);
  const columns = [...new Set(batches.flatMap((batch) => batch.columns))];
  const all = batches.flatMap((batch) =>
    batch.rows.map((row) => ({
      ...row,
      values: columns.map((name) => row.values[batch.columns.indexOf(name)]),
    })),
  );
  return {
    columns: batches[0]?.columns.length === columns.length ? batches[0].columns : columns,
    rows: all.map(({ values }) => values),
    lines: all.map(({ line }) => line),
    problems: all.map(({ problem }) => problem),
    batches: batches.length,
  };
}

/** Writes a file, reads it, and removes it. */
export async function gatherFile(
  name: string,
  content: string | Uint8Array,
  options: ReadOptions & { readonly size?: number } = {},
): Promise<Gathered> {
  const folder = mkdtempSync(join(tmpdir(), "dw-read-"));
  try {
    const path = join(folder, name);
    writeFileSync(path, content);
    const { size, ...how } = options;
    const source = await rowReader.open(path, how);
    try {
      return await gather(source, size);
    } finally {
      await source.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
