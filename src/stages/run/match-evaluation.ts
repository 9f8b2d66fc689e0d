import { type EvaluationMatch, evaluationIdPrefix } from "../../core/run/evaluation-match.ts";
import type { ModelRow, RunRow } from "../../ports/state.ts";
import type { AdvancePorts } from "./ports.ts";

/**
 * What the challenger of a run logged in shadow for the run's evaluation rows, held against its trainer's file.
 *
 * @param before  only rows of files that begin before this instant, where it is given: evaluation rows have their own times,
 *                which spares those that the challenger logs now
 * @returns undefined where the run's files are gone
 */
export async function matchEvaluation(
  { state, log, engine, folders }: Pick<AdvancePorts, "state" | "log" | "engine" | "folders">,
  model: ModelRow,
  run: Pick<RunRow, "id" | "number" | "nextAttempt" | "asOfSeq" | "candidateVersion">,
  before?: Date,
): Promise<EvaluationMatch | undefined> {
  const n = run.nextAttempt - 1;
  const data = await folders.prepared(run.id, n);
  if (data === undefined || run.candidateVersion === undefined) return undefined;
  const delivery = await folders.take(run.id, n);
  if ("problem" in delivery) return undefined;
  // Its rows came after the run began: it was no version before.
  const range = before === undefined ? {} : { to: before };
  const files = (await state.log.files(model.id, "shadow", range)).filter(({ seq }) => seq > run.asOfSeq);
  if (files.length === 0) return { rows: data.evaluationRows, logged: 0, differing: 0 };
  return engine.matchEvaluation({
    keyPath: folders.paths(run.id, n).key,
    predictionsPath: delivery.predictions,
    prefix: evaluationIdPrefix(run.number),
    challenger: {
      files: { paths: files.map((file) => log.locate(file)), format: "parquet" },
      version: (await state.versions.get(run.candidateVersion)).name,
    },
  });
}
