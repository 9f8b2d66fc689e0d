import type { Actor } from "../../core/actor.ts";
import { DriftwardError } from "../../core/errors.ts";
import { stepRun } from "../../core/run/machine.ts";
import type { TaskResult } from "../../ports/queue.ts";
import { undo } from "./hooks.ts";
import type { AdvancePorts, Advancing } from "./ports.ts";
import { takeStep } from "./step.ts";

/**
 * Ends a run because a person asks for it. The task that comes with it ends the program.
 *
 * @throws Refused when the run has ended already
 */
export async function cancelRun(
  ports: AdvancePorts,
  { runId, actor, reason }: { readonly runId: string; readonly actor: Actor; readonly reason: string },
): Promise<void> {
  // Another step may come first: then it is asked of the state that this one left behind.
  for (;;) {
    const run = await ports.state.runs.get(runId);
    const event = { kind: "cancelled", why: reason } as const;
    const step = stepRun(run.state, event);
    if ("refused" in step) throw new DriftwardError("Refused", `run ${run.number}: ${step.refused}`);
    if (await takeStep({ ports, run, taskId: undefined }, event, { actor })) return;
  }
}

/** Ends what a cancelled run has left running, and closes its attempts. */
export async function clearUp({ ports, run, taskId }: Advancing): Promise<TaskResult> {
  const open = (await ports.state.runs.attempts(run.id)).filter(({ state }) => state === "starting");
  for (const { runner, runnerKey } of open) await ports.runners.get(runner)?.cancel(runnerKey);
  const undone = await undo(ports, run);
  if (undone.going) return { again: undone.againMs };
  await ports.state.transaction(async (tx) => {
    await tx.runs.lock(run.id);
    const end = {
      state: "cancelled",
      finishedAt: ports.clock.now(),
      exitCode: undefined,
      message: run.outcome,
    } as const;
    for (const { n } of open) await tx.runs.finishAttempt(run.id, n, end);
    if (taskId !== undefined) await tx.outbox.done(taskId);
  });
  return { done: true };
}
