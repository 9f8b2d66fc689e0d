import { DriftwardError } from "../../core/errors.ts";
import type { RowsOfModel } from "../../core/policy/model-of-row.ts";
import { idKey } from "../../core/prediction/content-digest.ts";
import { readId } from "../../core/prediction/read-id.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { RawBatch } from "../../ports/row-source.ts";
import type { ModelRow } from "../../ports/state.ts";
import { type IngestInput, type IngestPorts, type IngestResult, ingest } from "../ingest.ts";
import { type RowChoice, rowsByColumn } from "./only-rows.ts";
import { openRows } from "./open-rows.ts";

export interface DividePorts extends IngestPorts {
  readonly policies: Policies;
}

/** What came of the rows of one file: one ingest a model that has some of them. */
export interface DividedIngest {
  readonly parts: readonly { readonly model: string; readonly result: IngestResult }[];
  /** Rows that are of none of the models. */
  readonly elsewhere: number;
}

interface Part {
  readonly model: ModelRow;
  readonly rows: RowsOfModel;
}

/**
 * Takes rows in under a model's name. Where policies with `for_each` divide it, each row goes to the model of its value;
 * labels without that column go where their predictions are.
 *
 * @throws as of `ingest`; InvalidData when predictions lack the column that divides them
 */
export async function ingestDivided(ports: DividePorts, input: IngestInput): Promise<DividedIngest> {
  const parts = await partsOf(ports, input.model);
  if (parts.length === 0) return { parts: [{ model: input.model, result: await ingest(ports, input) }], elsewhere: 0 };
  const choices = await chooseFor(ports, input, parts);
  const { found, rows } = await look(ports, input, choices);
  const done: { model: string; result: IngestResult }[] = [];
  for (const [index, { model }] of parts.entries()) {
    const only = choices[index];
    if (only === undefined || (found[index] ?? 0) === 0) continue;
    done.push({ model: model.name, result: await ingest(ports, { ...input, model: model.name, only }) });
  }
  return { parts: done, elsewhere: rows - found.reduce((sum, count) => sum + count, 0) };
}

/** The models that the policies in force make of one name. */
async function partsOf({ state, policies }: DividePorts, name: string): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const model of await state.models.list()) {
    if (!model.name.startsWith(`${name}/`) || model.policyRevision === undefined) continue;
    const { data } = await policies.of(model.policyRevision);
    if (data.only !== undefined) parts.push({ model, rows: data.only });
  }
  return parts;
}

async function chooseFor(
  ports: DividePorts,
  input: IngestInput,
  parts: readonly Part[],
): Promise<readonly RowChoice[]> {
  const source = await openRows(ports.reader, input.from);
  try {
    let columns: readonly string[] = [];
    for await (const batch of source.batches(1)) {
      columns = batch.columns;
      break;
    }
    const missing = parts.find(({ rows }) => !columns.includes(rows.column));
    if (missing === undefined) return parts.map(({ rows }) => rowsByColumn(rows));
    if (input.kind === "labels") return parts.map(({ model }) => byPrediction(ports, input, model));
    const { column } = missing.rows;
    throw new DriftwardError(
      "InvalidData",
      `${source.name}: expected the column "${column}", by which for_each divides ${input.model}, got ${columns.slice(0, 12).join(", ")}`,
      {
        hint: `add it, or name the model, such as driftward ingest ${missing.model.name}`,
        place: { file: source.name },
      },
    );
  } finally {
    await source.close();
  }
}

/** What is known of predictions grows, so that the same file may bring more the next time. */
function byPrediction({ state }: DividePorts, { mapping = {} }: IngestInput, model: ModelRow): RowChoice {
  return {
    key: `predictions of ${model.id} at ${model.logSeq}`,
    async keep({ columns, rows }: RawBatch) {
      const at = columns.indexOf(mapping["prediction_id"] ?? "prediction_id");
      const keys = rows.map(({ values }) => {
        const id = readId(values[at]);
        return "value" in id ? Buffer.from(idKey(id.value)) : undefined;
      });
      const asked = keys.filter((key) => key !== undefined);
      const known = asked.length === 0 ? new Map() : await state.log.knownKeys(model.id, "predictions", asked);
      return keys.map((key) => key !== undefined && known.has(key.toString("hex")));
    },
  };
}

const looked = 25_000;

/** How many rows there are, and how many of each choice. */
async function look(ports: DividePorts, input: IngestInput, choices: readonly RowChoice[]) {
  const source = await openRows(ports.reader, input.from);
  try {
    const found = choices.map(() => 0);
    let rows = 0;
    for await (const batch of source.batches(input.chunkRows ?? looked)) {
      rows += batch.rows.length;
      for (const [index, { keep }] of choices.entries()) {
        const kept = await keep(batch);
        found[index] = (found[index] ?? 0) + kept.filter(Boolean).length;
      }
    }
    return { found, rows };
  } finally {
    await source.close();
  }
}
