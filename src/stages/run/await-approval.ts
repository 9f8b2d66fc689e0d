import type { Policy } from "../../core/policy/policy.ts";
import { formatDuration } from "../../core/units.ts";
import type { RunRow, StateReads } from "../../ports/state.ts";
import { clocksDifferMs } from "../clocks.ts";
import type { Advancing } from "./ports.ts";
import { takeStep } from "./step.ts";

/** Until when a candidate waits for approval: so long after it passed its gates. */
export async function approvalEnds(
  reads: Pick<StateReads, "versions">,
  run: Pick<RunRow, "candidateVersion">,
  policy: Policy,
): Promise<Date> {
  const { createdAt } = await reads.versions.get(run.candidateVersion ?? "");
  return new Date(createdAt.getTime() + policy.promote.approvalExpiresMs);
}

/**
 * promoting, waiting for a word: looks again when its time is over, and then ends the run. What was measured of a
 * candidate says less with every week.
 */
export async function awaitApproval(advancing: Advancing, policy: Policy): Promise<void> {
  const { ports, run, taskId } = advancing;
  const ends = await approvalEnds(ports.state, run, policy);
  if (ports.clock.now() >= ends) {
    const why = `nobody approved it within ${formatDuration(policy.promote.approvalExpiresMs)}`;
    await takeStep(advancing, { kind: "rejected", why });
    return;
  }
  await ports.state.transaction(async (tx) => {
    const key = `run-${run.id}-${run.epoch}-expires`;
    // A little later, so that it is over on every machine's clock: a look that comes too early would be the last.
    const notBefore = new Date(ends.getTime() + clocksDifferMs);
    await tx.outbox.add([{ key, kind: "run", subject: run.id, epoch: run.epoch, notBefore }]);
    if (taskId !== undefined) await tx.outbox.done(taskId);
  });
}

/** What approvers are asked, in one sentence. */
export function askForApproval({ promote }: Policy, candidate: string | undefined, at: Date): string {
  const ends = new Date(at.getTime() + promote.approvalExpiresMs).toISOString().slice(0, 16).replace("T", " ");
  const whose = promote.approval === "four_eyes" ? "the approval of two, neither of whom asked for it," : "approval";
  return `version ${candidate} passed its gates and waits for ${whose} until ${ends} UTC`;
}
