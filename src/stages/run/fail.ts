import { isFinished } from "../../core/run/machine.ts";
import type { AdvancePorts } from "./ports.ts";
import { takeStep } from "./step.ts";

/**
 * Ends a run that could not be moved on however often it was tried, and the program it may have started. A run that
 * has moved on since is left alone.
 */
export async function failRun(
  ports: AdvancePorts,
  {
    runId,
    epoch,
    taskId,
    reason,
  }: { readonly runId: string; readonly epoch: number; readonly taskId?: string; readonly reason: string },
): Promise<void> {
  const run = await ports.state.runs.get(runId);
  if (run.epoch !== epoch || isFinished(run.state)) {
    if (taskId !== undefined) await ports.state.transaction((tx) => tx.outbox.done(taskId));
    return;
  }
  const open = (await ports.state.runs.attempts(runId)).filter(({ state }) => state === "starting");
  await takeStep(
    { ports, run, taskId },
    { kind: "failed", why: `it could not be moved on: ${reason}` },
    {
      within: async (tx) => {
        const end = { state: "failed", finishedAt: ports.clock.now(), exitCode: undefined, message: reason } as const;
        for (const { n } of open) await tx.runs.finishAttempt(runId, n, end);
        return {};
      },
    },
  );
  for (const { runner, runnerKey } of open) await ports.runners.get(runner)?.cancel(runnerKey);
}
