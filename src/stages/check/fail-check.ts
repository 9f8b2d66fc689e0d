import type { Clock } from "../../ports/clock.ts";
import type { State } from "../../ports/state.ts";

/**
 * Gives up a check that could not be evaluated: it is failed, which is no verdict, and its gap in the order of decisions
 * is closed, so that the checks after it are decided.
 */
export async function failCheck(
  ports: { readonly state: State; readonly clock: Clock },
  input: { readonly checkId: string; readonly taskId: string; readonly reason: string },
): Promise<void> {
  const row = await ports.state.checks.get(input.checkId);
  await ports.state.transaction(async (tx) => {
    const failed = await tx.checks.finish(row.id, {
      state: "failed",
      verdict: undefined,
      reason: input.reason,
      rowCount: undefined,
      quarantined: 0,
      quality: [],
      performance: {},
      doneAt: ports.clock.now(),
      versionId: row.versionId,
      baselineId: row.baselineId,
    });
    if (failed && row.slotKey !== "")
      await tx.outbox.add([{ key: `decide-${row.id}`, kind: "decide", subject: row.modelId }]);
    await tx.outbox.done(input.taskId);
  });
}
