import type { Policy } from "../core/policy/policy.ts";
import { batchSlots } from "../core/schedule/batch-slots.ts";
import { nextSlotFrom } from "../core/schedule/next-slot.ts";
import { firstSlotToPlan, planSlots, type SlotPlan } from "../core/schedule/plan-slots.ts";
import { type BatchSchedule, isBatch, type TimedSchedule } from "../core/schedule/schedule.ts";
import type { Window } from "../core/window.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Task } from "../ports/queue.ts";
import type { CheckRow, ModelRow, State, StateReads, StateTransaction } from "../ports/state.ts";
import { planCheck } from "./check/plan-check.ts";
import { askForLiveBaseline } from "./tick/ask-for-live-baseline.ts";
import { type BatchPorts, lookForBatches } from "./tick/look-for-batches.ts";

export interface TickPorts {
  readonly state: State;
  readonly clock: Clock;
  /** What schedules by batch are planned with; they cannot be without. */
  readonly batches?: Pick<BatchPorts, "log" | "engine">;
  readonly ids: Ids;
  /** The policy of the revision in force (`model.policyRevision`); asked about each model at each tick. */
  readonly policyOf: (model: ModelRow) => Promise<Policy | undefined>;
  /** Slots of one model that one tick plans; older ones are recorded as missed. */
  readonly slotsPerTick?: number;
}

export interface TickResult {
  /** Checks planned. */
  readonly planned: number;
  readonly missed: number;
  /** Models that could not be planned; the others were. */
  readonly failed: readonly { readonly model: string; readonly error: unknown }[];
}

/** Missed slots that get a row each; what is older than those is only counted in the record. */
const missedRows = 5_000;

/** How far back batches are looked at: late parts of older ones call for no check. */
const rememberedMs = 90 * 86_400_000;

/**
 * Plans the checks that are due: for every model with a policy and a champion, each slot from its cursor to now − settle
 * becomes a planned check and a task, once, whatever woke this and however often.
 *
 * @param task  the task that asked for it, if one did: closed when all is planned
 */
export async function tick(ports: TickPorts, task?: Task): Promise<TickResult> {
  const { state } = ports;
  let planned = 0;
  let missed = 0;
  const failed: { model: string; error: unknown }[] = [];
  for (const model of await state.models.list()) {
    try {
      const result = await planModel(ports, model);
      planned += result.planned;
      missed += result.missed;
      await askForLiveBaseline(ports, model);
    } catch (error) {
      failed.push({ model: model.name, error });
    }
  }
  if (task !== undefined) await state.transaction((tx) => tx.outbox.done(task.id));
  return { planned, missed, failed };
}

/** Asks for a tick through the outbox; the same key asks once. */
export async function requestTick(state: Pick<State, "transaction">, key: string): Promise<void> {
  await state.transaction((tx) => tx.outbox.add([{ key: `tick-${key}`, kind: "tick", subject: "" }]));
}

const nothing = { planned: 0, missed: 0 };

async function planModel(ports: TickPorts, seen: ModelRow): Promise<{ planned: number; missed: number }> {
  if (seen.championVersion === undefined || seen.policyRevision === undefined) return nothing;
  const policy = await ports.policyOf(seen);
  if (policy === undefined) return nothing;
  if (isBatch(policy.schedule)) return planBatches(ports, seen, policy, policy.schedule);
  const until = new Date(ports.clock.now().getTime() - policy.data.settleMs);
  const first = await findFirstSlot(ports.state, seen, policy);
  // Nothing is due and the cursor is right: no need for the lock.
  if (first === undefined || (first > until && sameTime(first, seen.nextSlot))) return nothing;

  return ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(seen.id);
    // Another revision came in between: the next tick asks for its policy.
    if (model.policyRevision !== seen.policyRevision) return nothing;
    const from = await findFirstSlot(tx, model, policy);
    if (from === undefined) return nothing;
    const cap = { due: ports.slotsPerTick ?? 500, missed: missedRows };
    const plan = planSlots(timed(policy), { from, until }, cap);
    if (plan.missedCount > 0) await insertMissed(ports, tx, { model, policy }, plan);
    const planned = await insertDue(ports, tx, { model, policy }, plan.due.map(dueAt));
    if (!sameTime(plan.nextSlot, model.nextSlot) && plan.nextSlot !== undefined)
      await tx.models.update(model.id, { nextSlot: plan.nextSlot });
    return { planned, missed: plan.missedCount };
  });
}

/** The slot of a model's next check; undefined without a policy, or when the schedule has no further slot. */
export async function findFirstSlot(reads: StateReads, model: ModelRow, policy: Policy): Promise<Date | undefined> {
  if (model.policyRevision === undefined || isBatch(policy.schedule)) return undefined;
  const { appliedAt } = await reads.policies.get(model.policyRevision);
  const { nextSlot } = model;
  if (nextSlot !== undefined && nextSlot <= appliedAt) return nextSlotFrom(policy.schedule, nextSlot);
  const plannedSinceApplied = (await reads.checks.after(model.id, appliedAt, 1)).length > 0;
  if (nextSlot !== undefined && plannedSinceApplied) return nextSlotFrom(policy.schedule, nextSlot);
  const [firstChampion] = await reads.aliases.history(model.id, "champion");
  const watchedSince = firstChampion?.at ?? model.createdAt;
  return firstSlotToPlan({ schedule: policy.schedule, appliedAt, watchedSince, nextSlot, plannedSinceApplied });
}

interface Planning {
  readonly model: ModelRow;
  readonly policy: Policy;
}

/** A check that is due; its window is the policy's, up to the slot, where none is said. */
interface DueSlot {
  readonly slotKey: string;
  readonly slotAt: Date;
  readonly window?: Window;
}

function dueAt(slotAt: Date): DueSlot {
  return { slotKey: slotAt.toISOString(), slotAt };
}

async function insertDue(
  ports: TickPorts,
  tx: StateTransaction,
  planning: Planning,
  due: readonly DueSlot[],
): Promise<number> {
  let planned = 0;
  for (const slot of due) {
    const row = await checkRow(ports, tx, planning, slot, "planned");
    if (!(await tx.checks.insert(row))) continue;
    await tx.outbox.add([{ key: `check-${row.id}`, kind: "check", subject: row.id }]);
    planned += 1;
  }
  return planned;
}

async function insertMissed(ports: TickPorts, tx: StateTransaction, planning: Planning, plan: SlotPlan): Promise<void> {
  const { model } = planning;
  for (const slot of plan.missed) await tx.checks.insert(await checkRow(ports, tx, planning, dueAt(slot), "missed"));
  await tx.records.append({
    actor: { kind: "system", id: "driftward" },
    at: ports.clock.now(),
    kind: "checks missed",
    subject: model.id,
    payload: {
      count: plan.missedCount,
      from: plan.missedFrom?.toISOString(),
      to: plan.missedTo?.toISOString(),
      reason: `more than ${plan.due.length} slots were due at once`,
    },
  });
}

/** Plans the checks of batches that are complete, and for those that have not come, from the cursor on. */
async function planBatches(
  ports: TickPorts,
  seen: ModelRow,
  policy: Policy,
  { batch: column, graceMs }: BatchSchedule,
): Promise<{ planned: number; missed: number }> {
  const now = ports.clock.now();
  const { appliedAt } = await ports.state.policies.get(seen.policyRevision ?? "");
  if (ports.batches === undefined) throw new Error("schedules by batch cannot be planned here");
  if (
    !(await lookForBatches(
      { ...ports.batches, state: ports.state },
      { modelId: seen.id, column, before: appliedAt, now },
    ))
  )
    return nothing;
  const seenFrom = new Date(now.getTime() - rememberedMs);
  const parts = await ports.state.batches.parts(seen.id, column, seenFrom);
  const all = batchSlots(parts, { settleMs: policy.data.settleMs, graceMs, until: now });
  const [firstChampion] = await ports.state.aliases.history(seen.id, "champion");
  const since = seen.nextSlot ?? latest(appliedAt, firstChampion?.at ?? seen.createdAt);
  const due = all.filter(({ slotAt }) => slotAt > since).slice(0, ports.slotsPerTick ?? 500);
  const last = due.at(-1);
  if (last === undefined) return nothing;
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(seen.id);
    // Somebody else was faster: the next tick looks again.
    if (model.policyRevision !== seen.policyRevision || !sameTime(model.nextSlot, seen.nextSlot)) return nothing;
    const planned = await insertDue(ports, tx, { model, policy }, due);
    await tx.models.update(model.id, { nextSlot: last.slotAt });
    return { planned, missed: 0 };
  });
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

/** A check pins what it will be judged by: the policy, the champion of its slot, and what is known now. */
async function checkRow(
  ports: TickPorts,
  tx: StateTransaction,
  { model, policy }: Planning,
  slot: DueSlot,
  state: "planned" | "missed",
): Promise<CheckRow> {
  const champion = await tx.aliases.at(model.id, "champion", slot.slotAt);
  const now = ports.clock.now();
  const row = planCheck({
    id: ports.ids.next(),
    modelId: model.id,
    ...slot,
    spanMs: policy.window.spanMs,
    policyRevisionId: model.policyRevision ?? "",
    versionId: champion?.versionId ?? model.championVersion,
    baselineId: champion === undefined ? model.championBaseline : champion.baselineId,
    asOfSeq: model.logSeq,
    createdAt: now,
  });
  return state === "planned" ? row : { ...row, state, reason: "too many slots were due at once", doneAt: now };
}

function timed({ schedule }: Policy): TimedSchedule {
  if (isBatch(schedule)) throw new Error("a schedule by batch has no slots in time");
  return schedule;
}

function sameTime(a: Date | undefined, b: Date | undefined): boolean {
  return a?.getTime() === b?.getTime();
}
