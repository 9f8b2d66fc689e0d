import type { TaskResult } from "../../ports/queue.ts";
import { clearUp } from "./cancel.ts";
import { evaluate } from "./evaluate.ts";
import type { AdvancePorts } from "./ports.ts";
import { promote } from "./promote.ts";
import { followTraining, startTraining } from "./retrain.ts";
import { undoDeployment } from "./undo-deployment.ts";

export type { AdvancePorts } from "./ports.ts";

/**
 * Moves a run on by one step. Short, and safe to call twice or at once: every step is a compare-and-set, and what it
 * does outside is keyed. A task of an earlier epoch ends silently.
 */
export async function advanceRun(
  ports: AdvancePorts,
  { runId, epoch, taskId }: { readonly runId: string; readonly epoch: number; readonly taskId?: string },
): Promise<TaskResult> {
  const run = await ports.state.runs.get(runId);
  const advancing = { ports, run, taskId };
  if (run.epoch !== epoch) return close(ports, taskId);
  switch (run.state) {
    case "queued":
      return startTraining(advancing);
    case "retraining":
      return followTraining(advancing);
    case "evaluating":
      return evaluate(advancing);
    case "promoting":
      return promote(advancing);
    case "cancelled":
      return clearUp(advancing);
    case "failed":
      return run.step === "deploy" ? clearUp(advancing) : close(ports, taskId);
    case "promoted":
      return undoDeployment(advancing);
    case "rejected":
      return close(ports, taskId);
    default:
      return run.state satisfies never;
  }
}

async function close({ state }: AdvancePorts, taskId: string | undefined): Promise<TaskResult> {
  if (taskId !== undefined) await state.transaction((tx) => tx.outbox.done(taskId));
  return { done: true };
}
