import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Policies } from "../ports/lookups.ts";
import type { RunRow, State } from "../ports/state.ts";
import type { StartRunPorts } from "../stages/run/ports.ts";
import { startRun } from "../stages/run/start-run.ts";

export interface RetrainPorts extends StartRunPorts {
  readonly state: State;
  readonly policies: Policies;
}

/**
 * Starts a run because a person asks for it. The governor is asked as it is for a rule; its refusal is recorded, and so is
 * what a person overrode.
 *
 * @throws NotFound when there is no such model; Refused with the governor's reason
 */
export async function retrain(
  ports: RetrainPorts,
  {
    model: name,
    reason,
    actor,
    override,
  }: {
    readonly model: string;
    readonly reason: string;
    readonly actor: Actor;
    /** Against a freeze, the cooldown and the budget, and against broken input where it says so. */
    readonly override?: { readonly brokenInput: boolean };
  },
): Promise<RunRow> {
  const found = await ports.state.models.find(name);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected a known model, got "${name}"`, {
      hint: "driftward status lists them",
    });
  const answer = await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(found.id);
    if (model.policyRevision === undefined) return { refused: "no policy governs the model" };
    const policy = await ports.policies.of(model.policyRevision);
    const asked = { model, policy, policyRevisionId: model.policyRevision, reason, actor };
    return startRun(ports, tx, override === undefined ? asked : { ...asked, override });
  });
  if ("run" in answer) return answer.run;
  throw new DriftwardError("Refused", `retraining ${name} was refused: ${answer.refused}`, {
    ...(override === undefined ? { hint: "--override goes against a freeze, the cooldown and the budget" } : {}),
  });
}
