import type { UpdateResult } from "kysely";
import type { IncidentRow, LiveBaselineRow, RunRow, Transition, WatchRow } from "../../ports/state.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

/** Whether a statement that may find its row in another state changed it. */
export const hasChanged = ({ numUpdatedRows }: UpdateResult): boolean => numUpdatedRows > 0n;

/** The compare-and-set of the protocol: no row in this state and epoch means that somebody was faster. */
export async function transitionIncident(db: Database, change: Transition<IncidentRow>): Promise<boolean> {
  const { id, from, epoch, to, set } = change;
  const result = await db
    .updateTable("incident")
    .set({ ...encodeRow(set ?? {}), state: to, epoch: epoch + 1 })
    .where((row) => row.and({ id, state: from, epoch }))
    .executeTakeFirst();
  return hasChanged(result);
}

/** The same for a run. */
export async function transitionRun(db: Database, change: Transition<RunRow>): Promise<boolean> {
  const { id, from, epoch, to, set } = change;
  const result = await db
    .updateTable("run")
    .set({ ...encodeRow(set ?? {}), state: to, epoch: epoch + 1 })
    .where((row) => row.and({ id, state: from, epoch }))
    .executeTakeFirst();
  return hasChanged(result);
}

/** The same for a watch. */
export async function transitionWatch(db: Database, change: Transition<WatchRow>): Promise<boolean> {
  const { id, from, epoch, to, set } = change;
  const result = await db
    .updateTable("watch")
    .set({ ...encodeRow(set ?? {}), state: to, epoch: epoch + 1 })
    .where((row) => row.and({ id, state: from, epoch }))
    .executeTakeFirst();
  return hasChanged(result);
}

/** The same for a version's live baseline. */
export async function transitionLiveBaseline(db: Database, change: Transition<LiveBaselineRow>): Promise<boolean> {
  const { id, from, epoch, to, set } = change;
  const result = await db
    .updateTable("liveBaseline")
    .set({ ...encodeRow(set ?? {}), state: to, epoch: epoch + 1 })
    .where((row) => row.and({ id, state: from, epoch }))
    .executeTakeFirst();
  return hasChanged(result);
}
