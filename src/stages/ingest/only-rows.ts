import { createHash } from "node:crypto";
import { isOfModel, type RowsOfModel } from "../../core/policy/model-of-row.ts";
import type { RawBatch, RowSource } from "../../ports/row-source.ts";

/** Which rows of a source are taken. */
export interface RowChoice {
  /** Tells this choice from others: the same file with another choice is another ingest. */
  readonly key: string;
  readonly keep: (batch: RawBatch) => Promise<readonly boolean[]> | readonly boolean[];
}

/** The rows of a model that `for_each` makes. */
export function rowsByColumn(rows: RowsOfModel): RowChoice {
  return {
    key: `${rows.column}=${rows.value}`,
    keep: ({ columns, rows: raw }) => {
      const at = columns.indexOf(rows.column);
      return raw.map(({ values, problem }) => problem === undefined && isOfModel(rows, values[at]));
    },
  };
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
