import { DriftwardError } from "../core/errors.ts";
import { describeMatch, type EvaluationMatch } from "../core/run/evaluation-match.ts";
import { describeShadow, type ShadowComparison } from "../core/run/shadow.ts";
import type { RunRow } from "../ports/state.ts";
import { matchEvaluation } from "../stages/run/match-evaluation.ts";
import type { AdvancePorts } from "../stages/run/ports.ts";
import { compareShadow } from "../stages/run/shadow.ts";
import { requireModel } from "./check-model.ts";
import { requireRun } from "./runs.ts";

/** A challenger in shadow, and how it compares so far. */
export interface ShadowStatus {
  readonly run: number;
  readonly challenger: string;
  readonly since: Date;
  readonly until: Date;
  readonly comparison: ShadowComparison;
  readonly said: string;
  /** What it logged for the evaluation rows of its run; absent where the run's files are gone. */
  readonly evaluation?: EvaluationMatch & { readonly required: boolean; readonly said: string };
}

export type ShadowStatusPorts = Pick<AdvancePorts, "state" | "log" | "engine" | "policies" | "clock" | "folders">;

/**
 * How the challenger that is in shadow compares with the champion so far; undefined where none is.
 *
 * @throws NotFound when there is no such model
 */
export async function shadowStatus(ports: ShadowStatusPorts, name: string): Promise<ShadowStatus | undefined> {
  const model = await requireModel(ports.state, name);
  const run = await ports.state.runs.active(model.id);
  return run && shadowOf(ports, run);
}

/**
 * The same of one run.
 *
 * @throws NotFound when there is no such run; Refused when its candidate is not in shadow
 */
export async function shadowOfRun(ports: ShadowStatusPorts, number: number): Promise<ShadowStatus> {
  const run = await requireRun(ports.state, number);
  const found = await shadowOf(ports, run);
  if (found !== undefined) return found;
  throw new DriftwardError("Refused", `expected a run whose candidate is in shadow, got run ${number}, which is not`, {
    hint: `driftward run ${number} shows how it stands`,
  });
}

async function shadowOf(ports: ShadowStatusPorts, run: RunRow): Promise<ShadowStatus | undefined> {
  if (run.state !== "promoting" || run.step !== "shadow" || run.candidateVersion === undefined) return undefined;
  const { promote } = await ports.policies.of(run.policyRevisionId);
  const model = await ports.state.models.get(run.modelId);
  const since = run.stepSince ?? run.createdAt;
  const until = new Date(since.getTime() + (promote.shadowMs ?? 0));
  const to = new Date(Math.min(until.getTime(), ports.clock.now().getTime()));
  const comparison = await compareShadow(ports, model, run, to);
  const match = await matchEvaluation(ports, model, run);
  const required = promote.evaluationRowsRequired === true;
  return {
    ...{ run: run.number, challenger: (await ports.state.versions.get(run.candidateVersion)).name, since, until },
    ...{ comparison, said: describeShadow(comparison, model.task) },
    ...(match === undefined ? {} : { evaluation: { ...match, required, said: describeMatch(match) } }),
  };
}
