import { predictionFeature } from "../../core/drift/rule-facts.ts";
import type { BaselineRecord, RowSchema } from "../../core/prediction/prediction.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { candidateRecords, type Table } from "../../core/run/candidate-records.ts";
import type { RunData } from "../../core/run/run-data.ts";
import type { DataFiles } from "../../ports/count-engine.ts";
import type { ModelRow } from "../../ports/state.ts";
import type { Advancing } from "./ports.ts";

/** A baseline that is on disk and in no row yet. */
export interface CandidateBaseline {
  readonly id: string;
  readonly profile: Profile;
  /** Removes its file, when another one was quicker. */
  discard(): Promise<void>;
}

/**
 * The baseline of a candidate: the rows that judged it, which it was not trained on, with what it predicted for them.
 */
export async function makeBaseline(
  { ports, run }: Advancing,
  model: ModelRow,
  data: RunData,
): Promise<CandidateBaseline> {
  const n = run.nextAttempt - 1;
  const delivery = await ports.folders.take(run.id, n);
  if ("problem" in delivery) throw new Error(`run ${run.number}: ${delivery.problem}`);
  const paths = ports.folders.paths(run.id, n);
  const read = (path: string) => readTable(ports.engine, parquet(path), data.evaluationRows);
  const [inputs, outputs, key] = [
    await read(paths.evaluation),
    await read(delivery.predictions),
    await read(paths.key),
  ];
  const schema = schemaOf(model, outputs);
  const id = ports.ids.next();
  const { path } = await ports.log.writeBaseline(
    model.id,
    id,
    batches(candidateRecords({ inputs, outputs, key }, schema)),
    schema,
  );
  const files = parquet(ports.log.locate({ path }));
  const tested = [
    { name: predictionFeature, kind: schema.prediction },
    ...(schema.scores.includes("score") ? [{ name: "score", kind: "numeric" as const }] : []),
  ];
  const profile = await ports.engine.profile({ files, features: [...schema.features, ...tested] });
  return { id, profile, discard: () => ports.log.discard([{ path }]) };
}

function parquet(path: string): DataFiles {
  return { paths: [path], format: "parquet" };
}

async function readTable(engine: Advancing["ports"]["engine"], files: DataFiles, limit: number): Promise<Table> {
  const columns = (await engine.describe(files)).columns.map(({ name }) => name);
  return { columns, rows: await engine.rows({ files, columns, limit }) };
}

/** The model's features, and the scores that the candidate gives. */
function schemaOf(model: ModelRow, outputs: Table): RowSchema {
  const features = Object.entries(model.features).filter(([name]) => name !== predictionFeature);
  const text = outputs.rows.some(({ prediction }) => typeof prediction === "string");
  return {
    prediction: model.features[predictionFeature] ?? (text ? "categorical" : "numeric"),
    scores: outputs.columns.filter((name) => name === "score" || name.startsWith("score_")).sort(),
    features: features.map(([name, kind]) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

async function* batches(records: readonly BaselineRecord[]): AsyncIterable<readonly BaselineRecord[]> {
  for (let from = 0; from < records.length; from += 10_000) yield records.slice(from, from + 10_000);
}
