import type { FeatureKind } from "../prediction/contract.ts";
import type { BaselineRecord, RowSchema } from "../prediction/prediction.ts";

/** A small table as it was read; what is missing is absent from its row. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface CandidateTables {
  /** `id` and features. */
  readonly inputs: Table;
  /** `id`, `prediction`, scores: what the candidate said. */
  readonly outputs: Table;
  /** `id`, `timestamp`, `label`, `entity_id`: what each opaque id stands for. */
  readonly key: Table;
}

/**
 * The rows that a candidate was judged by, with its own predictions, as rows of a baseline; in order of time.
 * An id that one of the tables lacks is left out.
 */
export function candidateRecords(tables: CandidateTables, schema: RowSchema): readonly BaselineRecord[] {
  const outputs = byId(tables.outputs);
  const keys = byId(tables.key);
  return tables.inputs.rows
    .flatMap((input): BaselineRecord[] => {
      const [output, key] = [outputs.get(String(input.id)), keys.get(String(input.id))];
      if (output === undefined || key === undefined) return [];
      const entity = key.entity_id;
      return [
        {
          timestamp: key.timestamp instanceof Date ? key.timestamp : undefined,
          prediction: typedValue(output.prediction, schema.prediction),
          label: typedValue(key.label, schema.prediction),
          entityId: entity === undefined ? undefined : textOf(entity),
          scores: schema.scores.map((name) => numberOf(output[name])),
          features: schema.features.map(({ name, kind }) => typedValue(input[name], kind)),
          invalid: [],
        },
      ];
    })
    .sort((a, b) => (a.timestamp?.getTime() ?? 0) - (b.timestamp?.getTime() ?? 0));
}

function byId({ rows }: Table): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  return new Map(rows.map((row) => [String(row.id), row]));
}

function typedValue(value: unknown, kind: FeatureKind): number | string | undefined {
  if (value === undefined) return undefined;
  return kind === "numeric" ? numberOf(value) : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "boolean" ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
}
