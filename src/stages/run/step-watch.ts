import { systemActor } from "../../core/actor.ts";
import { isWatchOver, stepWatch, type WatchEvent } from "../../core/run/watch.ts";
import type { ModelRow, NewRecord, StateTransaction, WatchRow } from "../../ports/state.ts";

/** Moves a watch by compare-and-set; the record of it, unless it stays as it is. */
export async function stepTo(
  tx: StateTransaction,
  model: ModelRow,
  watch: WatchRow,
  event: WatchEvent,
  at: Date,
  judged = watch.judged,
): Promise<readonly NewRecord[]> {
  const step = stepWatch(watch.state, event);
  if ("refused" in step) throw new Error(`watch ${watch.id}: ${step.refused}`);
  const set = { judged, outcome: step.outcome, ...(isWatchOver(step.to) ? { finishedAt: at } : {}) };
  const { id, state: from, epoch } = watch;
  if (!(await tx.watches.transition({ id, from, epoch, to: step.to, set })))
    throw new Error(`watch ${id} moved on while its model was locked`);
  if (step.to === from) return [];
  const version = await tx.versions.get(watch.versionId);
  const payload = { model: model.name, version: version.name, from, to: step.to, judged, outcome: step.outcome };
  return [{ actor: systemActor, at, kind: `watch ${step.to}`, subject: id, payload }];
}
