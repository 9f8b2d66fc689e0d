import type { TaskResult } from "../../ports/queue.ts";
import type { RunRow, StateTransaction } from "../../ports/state.ts";
import { describeFailures, undo } from "./hooks.ts";
import type { Advancing } from "./ports.ts";
import { notifyOfRun } from "./tell.ts";

/** Asks for the hooks of a run to be undone, inside the transaction that takes its version back. */
export async function askForUndo(tx: StateTransaction, run: Pick<RunRow, "id" | "epoch">): Promise<void> {
  if ((await tx.runs.hookCalls(run.id)).length === 0) return;
  await tx.outbox.add([{ key: `run-${run.id}-undo`, kind: "run", subject: run.id, epoch: run.epoch }]);
}

/**
 * Undoes what the hooks of a run did whose version was taken back. The version that serves is champion already: a hook
 * that fails is told to the owners, and changes nothing of that.
 */
export async function undoDeployment({ ports, run, taskId }: Advancing): Promise<TaskResult> {
  const progress = await undo(ports, run);
  if (progress.going) return { again: progress.againMs };
  // Read before the lock: within the transaction it would wait for a second connection.
  await ports.policies.of(run.policyRevisionId);
  await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(run.modelId);
    if (progress.failures.length > 0) {
      const outcome = `its version was taken back, and not all that its hooks did is undone: ${describeFailures(progress.failures)}`;
      await notifyOfRun(ports, tx, { model, run, at: ports.clock.now(), kind: "failed", outcome, told: {} });
    }
    if (taskId !== undefined) await tx.outbox.done(taskId);
  });
  return { done: true };
}
