import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Backtest } from "../core/replay/replayed-policy.ts";
import { type IngestPorts, ingest } from "../stages/ingest.ts";
import { type ApplyPorts, applyPolicies } from "./apply-policies.ts";
import { type BacktestPorts, backtest } from "./backtest.ts";
import { type BaselinePorts, registerBaseline } from "./baseline.ts";

/** On an empty state. */
export type BacktestFilesPorts = BacktestPorts &
  IngestPorts &
  Omit<BaselinePorts, "policies"> &
  Omit<ApplyPorts, "trainers"> & { readonly actor: Actor };

export interface BacktestFiles {
  readonly predictions: readonly string[];
  readonly labels: readonly string[];
  readonly baseline: string;
}

/**
 * Replays a policy over files, for those who have no record yet: they are taken into a state that is empty, and the
 * replay knows all of it from the start. The version is the one that the predictions name last.
 *
 * @throws InvalidInput when the policy is no single model's; InvalidData when a file cannot be used
 */
export async function backtestFiles(
  services: BacktestFilesPorts,
  request: Parameters<typeof backtest>[1],
  files: BacktestFiles,
): Promise<Backtest> {
  const { actor } = services;
  const { problems, applied } = await applyPolicies(services, actor, { paths: [request.policy] });
  const [first] = problems.filter(({ severity }) => severity === "error");
  if (first !== undefined)
    throw new DriftwardError("InvalidPolicy", first.message, { hint: first.hint ?? "", place: first.place });
  const [only, ...others] = applied;
  if (only === undefined || others.length > 0)
    throw new DriftwardError("InvalidInput", `expected a policy of one model, got ${applied.length}`, {
      hint: "name one file, without for_each",
    });
  const policy = await policyOf(services, only.model);
  const mapping = policy.data.columns;
  for (const [kind, paths] of Object.entries({ predictions: files.predictions, labels: files.labels }))
    for (const file of paths) {
      const asked = { model: only.model, kind: kind as "predictions" | "labels", from: { file }, actor, mapping };
      const { refused, accepted, reasons } = await ingest(services, asked);
      if (refused > 0 && accepted === 0) throw new DriftwardError("InvalidData", `${file}: ${reasons[0]}`);
    }
  const version = await lastVersion(services, only.model);
  await registerBaseline(services, { model: only.model, version, from: { file: files.baseline }, actor, mapping });
  return backtest(services, { ...request, hindsight: true });
}

async function policyOf({ state, policies }: BacktestFilesPorts, name: string): Promise<Policy> {
  const model = await state.models.find(name);
  return policies.of(model?.policyRevision ?? "");
}

/** Predictions of other versions count for the input only. */
async function lastVersion({ state, engine, log }: BacktestFilesPorts, name: string): Promise<string> {
  const model = await state.models.find(name);
  const files = model === undefined ? [] : await state.log.files(model.id, "predictions", {});
  const last = files.reduce((one, other) => (other.lastAt > one.lastAt ? other : one), files[0] ?? noFile());
  const wanted = { paths: [log.locate(last)], format: "parquet" } as const;
  const rows = await engine.rows({ files: wanted, columns: ["timestamp", "model_version"], limit: last.rowCount });
  const newest = rows.reduce((one, other) => (Number(other["timestamp"]) > Number(one["timestamp"]) ? other : one));
  return String(newest["model_version"]);
}

function noFile(): never {
  throw new DriftwardError("InvalidData", "expected rows in the predictions, got none");
}
