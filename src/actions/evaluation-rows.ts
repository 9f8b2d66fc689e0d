import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import { evaluationIdPrefix } from "../core/run/evaluation-match.ts";
import type { AdvancePorts } from "../stages/run/ports.ts";
import { requireRun } from "./runs.ts";

/** Rows that a challenger is to predict, as a file that the caller copies from where it is. */
export interface EvaluationRows {
  readonly path: string;
  readonly rows: number;
  readonly model: string;
  readonly challenger: string;
}

/** By the ending of a file's name. */
export type EvaluationRowsFormat = "parquet" | "csv" | "ndjson";

/** @throws InvalidInput when the name of a file says no format */
export function evaluationRowsFormat(file: string): EvaluationRowsFormat {
  const found = /\.(parquet|csv|ndjson|jsonl)$/.exec(file)?.[1];
  if (found === undefined)
    throw new DriftwardError("InvalidInput", `expected a file that ends in .parquet, .csv or .ndjson, got "${file}"`);
  return found === "jsonl" ? "ndjson" : (found as EvaluationRowsFormat);
}

/**
 * Writes the evaluation rows of a run without labels, so that the service that serves its challenger in shadow can predict
 * them and log them as shadow rows. Who asked is recorded: the rows are those of people.
 *
 * @throws NotFound when there is no such run, or its files are gone; Refused when it is not on its way to be promoted
 */
export async function evaluationRows(
  ports: Pick<AdvancePorts, "state" | "engine" | "folders" | "clock">,
  {
    run: number,
    format,
    actor,
  }: { readonly run: number; readonly format: EvaluationRowsFormat; readonly actor: Actor },
): Promise<EvaluationRows> {
  const { state, engine, folders, clock } = ports;
  const run = await requireRun(state, number);
  if (run.state !== "promoting" || run.candidateVersion === undefined)
    throw new DriftwardError(
      "Refused",
      `expected a run that is being promoted, got run ${number}, which is ${run.state}`,
      {
        hint: "evaluation rows are for a challenger in shadow: driftward route MODEL names it",
      },
    );
  const n = run.nextAttempt - 1;
  const data = await folders.prepared(run.id, n);
  if (data === undefined) throw new DriftwardError("NotFound", `the evaluation rows of run ${number} are gone`);
  const [model, version] = [await state.models.get(run.modelId), await state.versions.get(run.candidateVersion)];
  const path = await folders.handOut(run.id, n, `evaluation-rows.${format}`);
  const { key: keyPath, evaluation: inputsPath } = folders.paths(run.id, n);
  const prefix = evaluationIdPrefix(number);
  await engine.writeEvaluationRows({ keyPath, inputsPath, prefix, version: version.name, path });
  const { evaluationRows: rows } = data;
  await state.transaction((tx) =>
    tx.records.append({
      ...{ actor, at: clock.now(), kind: "evaluation rows handed out", subject: run.id },
      payload: { run: number, model: model.name, candidate: version.name, rows },
    }),
  );
  return { path, rows, model: model.name, challenger: version.name };
}
