import { systemActor } from "../../core/actor.ts";
import { isFinished } from "../../core/run/machine.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunFolders } from "../../ports/run-folders.ts";
import type { RunRow, State } from "../../ports/state.ts";

export interface TidyPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly folders: RunFolders;
}

/** Runs of one model that are looked at: more than any has. */
const mostRuns = 100_000;

/** Asks for the day's tidying; the same day asks once, whoever does. */
export async function requestTidy(state: Pick<State, "transaction">, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10);
  await state.transaction((tx) => tx.outbox.add([{ key: `tidy-${day}`, kind: "tidy", subject: "" }]));
}

/**
 * Removes the files of runs that came to nothing and ended long ago: what they trained and judged on, and what the
 * trainer left. Runs whose version was ever champion keep theirs, for it can be rolled back to. What was measured and
 * decided is in the state, and stays.
 *
 * @param keepMs  how long after its end a run keeps its files
 * @returns the numbers of the runs
 */
export async function tidyRuns(
  { state, clock, folders }: TidyPorts,
  { keepMs, taskId }: { readonly keepMs: number; readonly taskId?: string },
): Promise<readonly number[]> {
  const until = new Date(clock.now().getTime() - keepMs);
  const cleared: number[] = [];
  for (const model of await state.models.list()) {
    const runs = await state.runs.recent(model.id, mostRuns);
    for (const run of runs.filter((one) => isSpent(one, until))) {
      if (!(await folders.clear(run.id))) continue;
      cleared.push(run.number);
      await state.transaction((tx) =>
        tx.records.append({
          ...{ actor: systemActor, at: clock.now(), kind: "run files removed", subject: run.id },
          payload: { run: run.number, model: model.name, ended: run.finishedAt?.toISOString() },
        }),
      );
    }
  }
  if (taskId !== undefined) await state.transaction((tx) => tx.outbox.done(taskId));
  return cleared;
}

function isSpent({ state, finishedAt }: RunRow, until: Date): boolean {
  return isFinished(state) && state !== "promoted" && finishedAt !== undefined && finishedAt < until;
}
