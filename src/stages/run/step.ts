import { type Actor, systemActor } from "../../core/actor.ts";
import { isFinished, type RunEvent, type RunState, stepRun } from "../../core/run/machine.ts";
import type { NoticeGate, NoticeMetric, NoticeSlice, RunNotice } from "../../core/run/notice.ts";
import type { RunData } from "../../core/run/run-data.ts";
import type { ModelRow, NewRecord, RunRow, StateTransaction } from "../../ports/state.ts";
import type { Advancing } from "./ports.ts";
import { notifyOfRun } from "./tell.ts";

/** What a step brings along beside the change of state. */
export interface StepMore {
  readonly actor?: Actor;
  /** What the audit trail keeps of it, beside run, model and the states. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly set?: Partial<
    Pick<RunRow, "candidateVersion" | "nextAttempt" | "step" | "stepSince" | "stepEnd" | "stepWhy">
  >;
  /** What a mail about an end tells beside the outcome. */
  readonly told?: Told;
  /** One sentence about an end that has none of its own. */
  readonly outcome?: string;
  /**
   * Further changes of the same transaction, under the locks of model and run; what it returns joins the payload.
   * It may return another event, when the rows it sees under lock forbid the one that was meant.
   */
  readonly within?: (tx: StateTransaction, model: ModelRow) => Promise<WithinStep>;
}

export interface WithinStep {
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly instead?: RunEvent;
  readonly outcome?: string;
  readonly set?: StepMore["set"];
  readonly told?: Told;
  /** What a person is asked by mail, when the run now waits for a word. */
  readonly asks?: string;
  /** Appended after everything else, as the lock order wants it. */
  readonly records?: readonly NewRecord[];
}

export interface Told {
  readonly data?: RunData | undefined;
  readonly metrics?: readonly NoticeMetric[];
  readonly gates?: readonly NoticeGate[];
  readonly errorRate?: number | undefined;
  readonly slices?: readonly NoticeSlice[] | undefined;
  readonly champion?: string | undefined;
  readonly candidate?: string | undefined;
  readonly log?: RunNotice["log"];
}

/**
 * Moves a run on: its state by compare-and-set with the epoch, what came with it, the next task, the notifications of
 * an end and the record of all this in one transaction, in the order model, run, outbox, record.
 *
 * @returns false when the run has moved on meanwhile: nothing was changed, and the task is closed
 */
export async function takeStep(
  { ports, run, taskId }: Advancing,
  meant: RunEvent,
  more: StepMore = {},
): Promise<boolean> {
  // Read before the lock: within the transaction it would wait for a second connection.
  await ports.policies.of(run.policyRevisionId);
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(run.modelId);
    const current = await tx.runs.lock(run.id);
    if (current.epoch !== run.epoch || current.state !== run.state) {
      if (taskId !== undefined) await tx.outbox.done(taskId);
      return false;
    }
    const within = (await more.within?.(tx, model)) ?? {};
    const event = within.instead ?? meant;
    const step = stepRun(run.state, event);
    if ("refused" in step) throw new Error(`run ${run.number}: ${step.refused}`);
    const at = ports.clock.now();
    const outcome = step.outcome ?? within.outcome ?? more.outcome;
    const finished = isFinished(step.to);
    const moved = await tx.runs.transition({
      id: run.id,
      from: run.state,
      epoch: run.epoch,
      to: step.to,
      set: { ...more.set, ...within.set, ...(finished ? { finishedAt: at, outcome } : {}) },
    });
    if (!moved) throw new Error(`run ${run.number} moved on while it was locked`);
    const told = { ...more.told, ...within.told };
    const kind = endOf(step.to) ?? (within.asks === undefined ? undefined : "approval");
    if (kind !== undefined)
      await notifyOfRun(ports, tx, { model, run, at, kind, outcome: outcome ?? within.asks ?? step.to, told });
    // A run that was ended from outside leaves something to clear up.
    const untidy = step.to === "cancelled" || (step.to === "failed" && run.step === "deploy");
    if (!finished || untidy) await addTask(tx, run, run.epoch + 1);
    if (taskId !== undefined) await tx.outbox.done(taskId);
    await tx.records.append({
      actor: more.actor ?? systemActor,
      at,
      kind:
        event.kind === "stepped" ? `run step ${{ ...more.set, ...within.set }.step ?? "taken"}` : recordKind(step.to),
      subject: run.id,
      payload: {
        run: run.number,
        model: model.name,
        from: run.state,
        to: step.to,
        outcome,
        ...("why" in event ? { why: event.why } : within.asks === undefined ? {} : { why: within.asks }),
        ...more.payload,
        ...within.payload,
      },
    });
    for (const record of within.records ?? []) await tx.records.append(record);
    return true;
  });
}

/** The task that moves a run on from an epoch. */
export async function addTask(tx: StateTransaction, run: Pick<RunRow, "id">, epoch: number): Promise<void> {
  await tx.outbox.add([{ key: `run-${run.id}-${epoch}`, kind: "run", subject: run.id, epoch }]);
}

function endOf(state: RunState): RunNotice["kind"] | undefined {
  return state === "promoted" || state === "rejected" || state === "failed" || state === "cancelled"
    ? state
    : undefined;
}

function recordKind(state: RunState): string {
  switch (state) {
    case "queued":
      return "run tried again";
    case "promoting":
      return "run passed its gates";
    case "retraining":
    case "evaluating":
    case "promoted":
    case "rejected":
    case "failed":
    case "cancelled":
      return `run ${state}`;
    default:
      return state satisfies never;
  }
}
