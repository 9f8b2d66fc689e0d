import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { RunRow } from "../ports/state.ts";
import { decideRun } from "../stages/run/approve.ts";
import { cancelRun } from "../stages/run/cancel.ts";
import type { AdvancePorts } from "../stages/run/ports.ts";

/**
 * A person's word on a run: `approve` or `reject` a candidate that waits for it, or `cancel` a run under way.
 *
 * @param run  the run's number
 * @returns the run as it is then
 * @throws NotFound when there is no such run; Refused when it does not wait for this word
 */
export async function giveWord(
  ports: AdvancePorts,
  {
    run: number,
    word,
    reason,
    actor,
  }: {
    readonly run: number;
    readonly word: "approve" | "reject" | "cancel";
    readonly reason: string;
    readonly actor: Actor;
  },
): Promise<RunRow> {
  const run = await ports.state.runs.findByNumber(number);
  if (run === undefined) throw new DriftwardError("NotFound", `expected the number of a run, got ${number}`);
  if (word === "cancel")
    await cancelRun(ports, { runId: run.id, actor, reason: `${actor.id} cancelled it: ${reason}` });
  else await decideRun(ports, { runId: run.id, actor, approve: word === "approve", reason });
  return ports.state.runs.get(run.id);
}
