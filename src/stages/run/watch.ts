import { systemActor } from "../../core/actor.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { askGuard, type GuardAnswer, isWatchOver, type WatchEvent } from "../../core/run/watch.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { CheckRow, ModelRow, NewRecord, State, StateTransaction, WatchRow } from "../../ports/state.ts";
import type { Performance } from "../check/measure-performance.ts";
import { earlierChampion, rollBack, withoutEarlier } from "./roll-back.ts";
import { stepTo } from "./step-watch.ts";
import { lastChecks, notifyOfWatch } from "./tell-watch.ts";

export interface BeginWatch {
  /** Locked, as it was before the promotion. */
  readonly model: ModelRow;
  readonly versionId: string;
  readonly baselineId: string;
  readonly runId: string | undefined;
  readonly at: Date;
  readonly policy: Policy;
}

/**
 * Begins to hold a version to its promise, inside the transaction of its promotion. A watch that is still open ends as
 * superseded, whether or not another one begins.
 */
export async function beginWatch(
  { ids }: { readonly ids: Ids },
  tx: StateTransaction,
  { model, versionId, baselineId, runId, at, policy }: BeginWatch,
): Promise<readonly NewRecord[]> {
  const open = await tx.watches.open(model.id);
  const why = "another version was promoted";
  const records = open === undefined ? [] : await stepTo(tx, model, open, { kind: "superseded", why }, at);
  const { rollback } = policy.promote;
  if (rollback === undefined || model.championVersion === undefined) return records;
  const endsAt = new Date(at.getTime() + rollback.withinMs);
  const watch: WatchRow = {
    ...{ id: ids.next(), modelId: model.id, runId, versionId, baselineId, championEpoch: model.championEpoch + 1 },
    ...{ state: "watching", epoch: 0, startedAt: at, endsAt, judged: 0, outcome: undefined, finishedAt: undefined },
  };
  await tx.watches.insert(watch);
  const notBefore = new Date(endsAt.getTime() + policy.data.settleMs);
  await tx.outbox.add([{ key: `watch-${watch.id}`, kind: "watch", subject: watch.id, notBefore }]);
  return records;
}

export interface JudgeWatchPorts {
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Holds the champion to its promise by what one check measured of it, in the order of the slots and inside the
 * transaction that decides the check: so it takes effect once, whatever is killed when.
 *
 * @returns the model as it is then: the version that served before, where the guard took this one back
 */
export async function judgeWatch(
  ports: JudgeWatchPorts,
  tx: StateTransaction,
  { model, check, policy }: { readonly model: ModelRow; readonly check: CheckRow; readonly policy: Policy },
): Promise<ModelRow> {
  const seen = await tx.watches.open(model.id);
  if (seen === undefined || !isOf(seen, check)) return model;
  const watch = check.slotAt > seen.endsAt ? await end(ports, tx, model, seen, policy) : seen;
  const { rollback } = policy.promote;
  if (isWatchOver(watch.state) || rollback === undefined) return model;
  const { guard, values, why } = askGuard(rollback.when, measured(check));
  const event: WatchEvent = { kind: "asked", guard, why };
  if (guard === "holds") {
    const to = await earlierChampion(tx, model);
    if (to === undefined) {
      await stick(ports, tx, { model, watch, policy, check, why, values });
      return model;
    }
    await rollBack(ports, tx, { model, to, policy, watch, event, actor: systemActor, grounds: { check, values } });
    return tx.models.lock(model.id);
  }
  if (guard === "inconclusive") return model;
  const at = ports.clock.now();
  const records = await stepTo(tx, model, watch, event, at, watch.judged + 1);
  const { state } = await tx.watches.get(watch.id);
  if (state === "kept") {
    const reason = "labels have come that could judge it, and the check of them found the promise kept";
    await notifyOfWatch(ports, tx, { kind: state, model, watch, policy, at, check, reason });
  }
  for (const record of records) await tx.records.append(record);
  return model;
}

interface Stuck {
  readonly model: ModelRow;
  readonly watch: WatchRow;
  readonly policy: Policy;
  readonly check: CheckRow;
  readonly why: string;
  readonly values: GuardAnswer["values"];
}

/** The guard holds and nothing can serve instead: recorded and told once while it is so; each further check tries again. */
async function stick(ports: JudgeWatchPorts, tx: StateTransaction, stuck: Stuck): Promise<void> {
  const { model, watch, policy, check, why, values } = stuck;
  if (watch.outcome !== undefined) return;
  const at = ports.clock.now();
  const { against, blocked } = await withoutEarlier(tx, model);
  const outcome = `the promise is broken and nothing can serve instead: ${against}; ${why}`;
  const records = await stepTo(tx, model, watch, { kind: "stuck", why: outcome }, at);
  const telling = { model, watch, policy, at, check, against, blocked };
  await notifyOfWatch(ports, tx, { kind: "stuck", reason: why, ...telling });
  for (const record of records) await tx.records.append(record);
  const version = await tx.versions.get(watch.versionId);
  const guard = { check: check.id, values, policyRevision: check.policyRevisionId };
  await tx.records.append({
    ...{ actor: systemActor, at, kind: "rollback not possible", subject: watch.id },
    payload: {
      model: model.name,
      version: version.name,
      reason: why,
      against,
      ...guard,
      when: policy.promote.rollback?.when.source,
    },
  });
}

function isOf(watch: WatchRow, check: CheckRow): boolean {
  const same = check.versionId === watch.versionId && check.baselineId === watch.baselineId;
  return same && check.slotAt > watch.startedAt;
}

function measured({ performance }: CheckRow): Pick<Performance, "findings" | "without"> {
  const { findings = [], without } = performance as Partial<Performance>;
  return { findings, without };
}

async function end(
  ports: JudgeWatchPorts,
  tx: StateTransaction,
  model: ModelRow,
  watch: WatchRow,
  policy: Policy | undefined,
): Promise<WatchRow> {
  // One that is stuck goes on until a check finds the promise kept, or somebody does something; without a guard none could.
  const isStuck = watch.outcome !== undefined && policy?.promote.rollback !== undefined;
  if (watch.state !== "watching" || isStuck) return watch;
  const at = ports.clock.now();
  const records = await stepTo(tx, model, watch, { kind: "ended", judged: watch.judged }, at);
  const ended = await tx.watches.get(watch.id);
  const { last, measured: check } = await lastChecks(tx, watch);
  const telling = { model, watch, policy, at, check };
  if (ended.state === "kept") await notifyOfWatch(ports, tx, { kind: "kept", reason: ended.outcome ?? "", ...telling });
  if (ended.state === "unverified")
    await notifyOfWatch(ports, tx, { kind: "unverified", reason: whyUnverified(last), ...telling });
  for (const record of records) await tx.records.append(record);
  return ended;
}

function whyUnverified(last: CheckRow | undefined): string {
  return (last && measured(last).without) ?? "no check of its time could answer the guard";
}

export interface EndWatchPorts extends JudgeWatchPorts {
  readonly state: State;
  readonly policies: Policies;
}

/** Between looks at checks of the watch's time that are not decided yet. */
const lookAgainMs = 15_000;
/** So long after its time a watch ends whatever is still undecided. */
const mostPatienceMs = 86_400_000;

/** Ends a watch whose time is over, once every check of that time is decided. What moved on meanwhile is left alone. */
export async function endWatch(
  ports: EndWatchPorts,
  { watchId, taskId }: { readonly watchId: string; readonly taskId?: string },
): Promise<TaskResult> {
  const seen = await ports.state.models.get((await ports.state.watches.get(watchId)).modelId);
  // Read before the lock: within the transaction it would wait for a second connection.
  const policy = seen.policyRevision === undefined ? undefined : await ports.policies.of(seen.policyRevision);
  return ports.state.transaction(async (tx) => {
    const { modelId } = await tx.watches.get(watchId);
    const model = await tx.models.lock(modelId);
    const watch = await tx.watches.get(watchId);
    if (watch.state === "watching") {
      const late = ports.clock.now().getTime() - watch.endsAt.getTime() > mostPatienceMs;
      const [next] = await tx.checks.after(model.id, model.decidedSlot, 1);
      const undecided = next !== undefined && next.slotAt <= watch.endsAt;
      const unplanned = model.nextSlot !== undefined && model.nextSlot <= watch.endsAt;
      if ((undecided || unplanned) && !late) return { again: lookAgainMs };
      await end(ports, tx, model, watch, policy);
    }
    if (taskId !== undefined) await tx.outbox.done(taskId);
    return { done: true };
  });
}
