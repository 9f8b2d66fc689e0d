import { describeShadow, type ShadowComparison } from "../core/run/shadow.ts";
import type { AdvancePorts } from "../stages/run/ports.ts";
import { compareShadow } from "../stages/run/shadow.ts";
import { requireModel } from "./check-model.ts";

/** A challenger in shadow, and how it compares so far. */
export interface ShadowStatus {
  readonly run: number;
  readonly challenger: string;
  readonly since: Date;
  readonly until: Date;
  readonly comparison: ShadowComparison;
  readonly said: string;
}

export type ShadowStatusPorts = Pick<AdvancePorts, "state" | "log" | "engine" | "policies" | "clock">;

/**
 * How the challenger that is in shadow compares with the champion so far; undefined where none is.
 *
 * @throws NotFound when there is no such model
 */
export async function shadowStatus(ports: ShadowStatusPorts, name: string): Promise<ShadowStatus | undefined> {
  const model = await requireModel(ports.state, name);
  const run = await ports.state.runs.active(model.id);
  if (run?.step !== "shadow" || run.candidateVersion === undefined) return undefined;
  const { promote } = await ports.policies.of(run.policyRevisionId);
  const since = run.stepSince ?? run.createdAt;
  const until = new Date(since.getTime() + (promote.shadowMs ?? 0));
  const comparison = await compareShadow(
    ports,
    model,
    run,
    new Date(Math.min(until.getTime(), ports.clock.now().getTime())),
  );
  const challenger = (await ports.state.versions.get(run.candidateVersion)).name;
  return { run: run.number, challenger, since, until, comparison, said: describeShadow(comparison, model.task) };
}
