import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { RunRow } from "../ports/state.ts";
import { startRun } from "../stages/run/start-run.ts";
import type { RetrainPorts } from "./retrain.ts";
import { requireRun } from "./runs.ts";

/**
 * Tries a failed run again, as a new run under the policy in force. The governor is asked as ever: cooldown, budget and
 * broken input hold.
 *
 * @throws NotFound when there is no such run; Refused when it did not fail, another came after it, or the governor says no
 */
export async function retryRun(
  ports: RetrainPorts,
  { run: number, reason, actor }: { readonly run: number; readonly reason: string | undefined; readonly actor: Actor },
): Promise<RunRow> {
  const before = await requireRun(ports.state, number);
  if (before.state !== "failed" && before.state !== "cancelled")
    throw new DriftwardError(
      "Refused",
      `expected a run that failed or was cancelled, run ${number} is ${before.state}`,
      {
        hint: 'driftward retrain MODEL --reason "…" starts another run',
      },
    );
  const answer = await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(before.modelId);
    const [last] = await tx.runs.recent(model.id, 1);
    if (last !== undefined && last.id !== before.id) return { refused: `run ${last.number} came after it` };
    if (model.policyRevision === undefined) return { refused: "no policy governs the model" };
    const policy = await ports.policies.of(model.policyRevision);
    const started = await startRun(ports, tx, {
      ...{ model, policy, policyRevisionId: model.policyRevision, actor },
      reason: `run ${number} again${reason === undefined ? "" : `: ${reason}`}`,
      ...(before.incidentId === undefined ? {} : { incidentId: before.incidentId }),
    });
    const hint = `driftward retrain ${model.name} --override --reason "…" goes against a freeze, the cooldown and the budget`;
    return "run" in started ? started : { ...started, hint };
  });
  if ("run" in answer) return answer.run;
  throw new DriftwardError("Refused", `run ${number} was not tried again: ${answer.refused}`, {
    hint: "hint" in answer ? answer.hint : "`driftward runs` lists the runs",
  });
}
