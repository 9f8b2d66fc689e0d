import { createHash } from "node:crypto";
import type { RawBatch, RowSource } from "../../ports/row-source.ts";
import { alignRecords } from "./align-records.ts";

/** Rows that a program holds, read as those of a file: a list is one source, and the same list is the same source. */
export function inMemoryRows(rows: readonly object[], name = "rows"): RowSource {
  return {
    name,
    unit: "row",
    textual: false,
    digest: async () => {
      const hash = createHash("sha256");
      for (const row of rows) hash.update(`${canonical(row)}\n`);
      return hash.digest("hex");
    },
    async *batches(size): AsyncGenerator<RawBatch> {
      for (let at = 0; at === 0 || at < rows.length; at += size)
        yield alignRecords(rows.slice(at, at + size).map((record, index) => ({ line: at + index + 1, record })));
    },
    verify: async () => undefined,
    close: async () => undefined,
  };
}

function canonical(row: object): string {
  return JSON.stringify(
    Object.entries(row).map(([name, value]: [string, unknown]) => [name, plain(value)]),
    (_, value) => (typeof value === "bigint" ? String(value) : value),
  );
}

/** JSON would write a bigint, NaN, an infinity and undefined as nothing or not at all. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return [value.getTime(), "date"];
  return typeof value === "object" || typeof value === "string" ? value : [String(value), typeof value];
}
