import { createHash } from "node:crypto";
import type { RawBatch, RowSource } from "../../ports/row-source.ts";

/** Which rows of a source are taken. */
export interface RowChoice {
  /** Tells this choice from others: the same file with another choice is another ingest. */
  readonly key: string;
  readonly keep: (batch: RawBatch) => Promise<readonly boolean[]> | readonly boolean[];
}

/** A source of only the chosen rows; columns and places stay those of the file. */
export function onlyRows(source: RowSource, { key, keep }: RowChoice): RowSource {
  return {
    name: source.name,
    unit: source.unit,
    textual: source.textual,
    digest: async () =>
      createHash("sha256")
        .update(`${await source.digest()}\n${key}`)
        .digest("hex"),
    async *batches(size) {
      for await (const batch of source.batches(size)) {
        const kept = await keep(batch);
        yield { ...batch, rows: batch.rows.filter((_, index) => kept[index] === true) };
      }
    },
    verify: () => source.verify(),
    close: () => source.close(),
  };
}
