import { predictionFeature } from "../../core/drift/rule-facts.ts";
import type { Profile } from "../../core/profile/bins.ts";
import type { RunData } from "../../core/run/run-data.ts";
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
  void data;
  const n = run.nextAttempt - 1;
  const delivery = await ports.folders.take(run.id, n);
  if ("problem" in delivery) throw new Error(`run ${run.number}: ${delivery.problem}`);
  const evaluation = { paths: [ports.folders.paths(run.id, n).evaluation], format: "parquet" as const };
  const kinds = Object.entries(model.features).map(([name, kind]) => ({ name, kind }));
  const features = kinds.filter(({ name }) => name !== predictionFeature);
  const kind = kinds.find(({ name }) => name === predictionFeature)?.kind ?? "numeric";
  const inputs = await ports.engine.profile({ files: evaluation, features });
  const outputs = await ports.engine.profile({
    files: { paths: [delivery.predictions], format: "parquet" },
    features: [{ name: predictionFeature, kind }],
  });
  return {
    id: ports.ids.next(),
    profile: {
      bins: [...inputs.bins, ...outputs.bins],
      counts: { rows: inputs.counts.rows, features: [...inputs.counts.features, ...outputs.counts.features] },
    },
    discard: async () => undefined,
  };
}
