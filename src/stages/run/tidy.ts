import { systemActor } from "../../core/actor.ts";
import { isFinished } from "../../core/run/machine.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Hooks } from "../../ports/hooks.ts";
import type { PredictionSources } from "../../ports/prediction-sources.ts";
import type { RunFolders } from "../../ports/run-folders.ts";
import type { Runner } from "../../ports/runner.ts";
import type { RunRow, State } from "../../ports/state.ts";

export interface TidyRunsPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly folders: RunFolders;
  readonly runners: ReadonlyMap<string, Runner>;
  readonly hooks: Hooks;
}

export interface TidyPorts extends TidyRunsPorts {
  readonly sources: PredictionSources;
}

/** Runs of one model that are looked at: more than any has. */
const mostRuns = 100_000;

/** What programs of sources left behind is of use to nobody but who looks why one failed today. */
const keepSourcesMs = millisecondsPer.d;

/** Asks for the day's tidying; the same day asks once, whoever does. */
export async function requestTidy(state: Pick<State, "transaction">, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10);
  await state.transaction((tx) => tx.outbox.add([{ key: `tidy-${day}`, kind: "tidy", subject: "" }]));
}

/** The day's tidying: files of runs that came to nothing, and what programs of sources left behind. */
export async function tidy(
  ports: TidyPorts,
  { keepMs, taskId }: { readonly keepMs: number; readonly taskId: string },
): Promise<void> {
  await tidyRuns(ports, { keepMs });
  await ports.sources.clearLeft(keepSourcesMs);
  await ports.state.transaction((tx) => tx.outbox.done(taskId));
}

/**
 * Removes the files of runs that came to nothing and ended long ago: what they trained and judged on, what the trainer
 * left, and what runners and hooks keep of their attempts, logs too. Runs whose version was ever champion keep theirs, for
 * it is watched, can be rolled back to, and has its evidence. What was measured and decided is in the state, and stays.
 *
 * @param keepMs  how long after its end a run keeps its files
 * @returns the numbers of the runs
 */
export async function tidyRuns(
  { state, clock, folders, runners, hooks }: TidyRunsPorts,
  { keepMs }: { readonly keepMs: number },
): Promise<readonly number[]> {
  const until = new Date(clock.now().getTime() - keepMs);
  const spent: { readonly run: RunRow; readonly model: string }[] = [];
  for (const model of await state.models.list())
    for (const run of await state.runs.recent(model.id, mostRuns))
      if (isSpent(run, until)) spent.push({ run, model: model.name });
  const ids = new Set(spent.map(({ run }) => run.id));
  const isOver = (key: string) => ids.has(runOf(key));
  const forgotten: string[] = [];
  for (const runner of runners.values()) forgotten.push(...(await runner.forget(isOver)));
  await hooks.forget(isOver);
  const cleared: number[] = [];
  for (const { run, model } of spent) {
    const attempts = forgotten.filter((key) => runOf(key) === run.id).length;
    if (!(await folders.clear(run.id)) && attempts === 0) continue;
    cleared.push(run.number);
    await state.transaction((tx) =>
      tx.records.append({
        ...{ actor: systemActor, at: clock.now(), kind: "run files removed", subject: run.id },
        payload: { run: run.number, model, ended: run.finishedAt?.toISOString(), attempts },
      }),
    );
  }
  return cleared;
}

const idLength = 36;

/** The run that an attempt or a try of a hook is of: their keys begin with its id. */
function runOf(key: string): string {
  return key.slice(0, idLength);
}

function isSpent({ state, finishedAt }: RunRow, until: Date): boolean {
  return isFinished(state) && state !== "promoted" && finishedAt !== undefined && finishedAt < until;
}
