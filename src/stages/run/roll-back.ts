import type { Actor } from "../../core/actor.ts";
import { formatPlace } from "../../core/errors.ts";
import type { RuleOutcome } from "../../core/policy/condition.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { beginOfReign } from "../../core/run/live-baseline.ts";
import type { VersionNotice } from "../../core/run/version-notice.ts";
import type { WatchEvent } from "../../core/run/watch.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { AliasChangeRow, CheckRow, ModelRow, StateTransaction, VersionRow, WatchRow } from "../../ports/state.ts";
import { queueNotification } from "../queue-notification.ts";
import { type ChangedChampion, changeChampion } from "./change-champion.ts";
import { stepTo } from "./step-watch.ts";
import { promisesOf } from "./tell-watch.ts";
import { askForUndo } from "./undo-deployment.ts";

/** A version that served before, with the baseline it served with. */
export interface EarlierChampion {
  readonly version: VersionRow;
  readonly baselineId: string;
  readonly servedFrom: Date;
}

export interface RollBack {
  /** Locked. */
  readonly model: ModelRow;
  readonly to: EarlierChampion;
  /** The policy in force; undefined where none is. */
  readonly policy: Policy | undefined;
  /** The watch that is still open, if one is. */
  readonly watch: WatchRow | undefined;
  readonly event: Extract<WatchEvent, { kind: "asked" | "taken back" }>;
  readonly actor: Actor;
  /** The check whose numbers broke the promise; undefined where a person asks. */
  readonly grounds?: { readonly check: CheckRow; readonly values: RuleOutcome["values"] };
}

/** Why no version can serve in place of the champion, with the versions that could if a person lifted them, the last one first. */
export async function withoutEarlier(
  tx: StateTransaction,
  model: ModelRow,
): Promise<{ readonly against: string; readonly blocked: readonly string[] }> {
  const ids = (await tx.watches.blocks(model.id)).map(({ versionId }) => versionId);
  const history = (await tx.aliases.history(model.id, "champion")).map(({ versionId }) => versionId);
  const earlier = [...new Set(history.toReversed())].filter((id) => id !== model.championVersion);
  const blocked: string[] = [];
  for (const id of earlier.filter((one) => ids.includes(one))) blocked.push((await tx.versions.get(id)).name);
  if (blocked.length === 0) return { against: "no version with a baseline served before", blocked };
  const were = blocked.length === 1 ? `version ${blocked[0]}, which` : `versions ${blocked.join(", ")}, which`;
  return { against: `${were} served before, may not serve again until a person lifts it`, blocked };
}

/** The version that served last before the champion and is not blocked; undefined where there is none. */
export async function earlierChampion(tx: StateTransaction, model: ModelRow): Promise<EarlierChampion | undefined> {
  const blocked = new Set((await tx.watches.blocks(model.id)).map(({ versionId }) => versionId));
  const history = await tx.aliases.history(model.id, "champion");
  const found = history.findLast(({ versionId }) => versionId !== model.championVersion && !blocked.has(versionId));
  return found && asEarlier(tx, found);
}

/** A change of the alias champion as something to go back to. */
export async function asEarlier(tx: StateTransaction, change: AliasChangeRow): Promise<EarlierChampion | undefined> {
  const { versionId, at: servedFrom } = change;
  const baselineId = change.baselineId ?? (await tx.baselines.ofVersion(versionId))?.id;
  return baselineId === undefined ? undefined : { version: await tx.versions.get(versionId), baselineId, servedFrom };
}

/**
 * Takes the champion back, inside the caller's transaction: the version that served before is champion again with its
 * baseline, the other one is blocked, its watch and its incidents end, and the owners are told.
 */
export async function rollBack(
  ports: { readonly clock: Clock; readonly ids: Ids },
  tx: StateTransaction,
  rollback: RollBack,
): Promise<void> {
  const { model, to, policy, watch, event, actor, grounds } = rollback;
  const at = ports.clock.now();
  const from = await tx.versions.get(model.championVersion ?? "");
  const ended = watch === undefined ? [] : await stepTo(tx, model, watch, event, at);
  const reason = `${actor.kind === "system" ? "the guard took" : `${actor.id} took`} version ${from.name} back: ${event.why}`;
  const { version, baselineId } = to;
  const changed = await changeChampion(tx, {
    ...{ ids: ports.ids, model, version, baselineId, at, reason, runId: undefined, policy },
  });
  await tx.watches.block({
    ...{ id: ports.ids.next(), modelId: model.id, versionId: from.id, reason, blockedBy: actor.id, blockedAt: at },
    ...{ liftedBy: undefined, liftReason: undefined, liftedAt: undefined },
  });
  await notify(ports, tx, rollback, from, changed, at);
  const runId = await promotedBy(tx, model, from);
  if (runId !== undefined) await askForUndo(tx, await tx.runs.get(runId));
  await wakePromotion(tx, model, changed.championEpoch);
  for (const record of [...ended, ...changed.records]) await tx.records.append(record);
  await tx.records.append({
    ...{ actor, at, kind: "version rolled back", subject: model.id },
    payload: {
      ...{ model: model.name, version: from.name, to: version.name, baseline: baselineId, reason: event.why },
      championEpoch: changed.championEpoch,
      ...(watch === undefined ? {} : { watch: watch.id }),
      ...(grounds === undefined
        ? {}
        : {
            check: grounds.check.id,
            values: grounds.values,
            policyRevision: grounds.check.policyRevisionId,
            when: policy?.promote.rollback?.when.source,
          }),
    },
  });
}

async function notify(
  ports: { readonly ids: Ids },
  tx: StateTransaction,
  rollback: RollBack,
  from: VersionRow,
  changed: ChangedChampion,
  at: Date,
): Promise<void> {
  const { model, policy } = rollback;
  const body = await describe(tx, rollback, from, changed);
  const instance = await tx.instance.id();
  for (const [index, recipient] of [...new Set(policy?.notify.critical ?? [])].entries()) {
    const id = ports.ids.next();
    const n = changed.championEpoch;
    await queueNotification(tx, {
      ...{ id, subjectKind: "model", subjectId: model.id, kind: body.kind, n, recipient, body, state: "queued" },
      messageId: `version-${model.id.slice(0, 8)}.rolled-back.${n}.${index + 1}@${instance}`,
      ...{ createdAt: at, sentAt: undefined, reason: undefined },
    });
  }
}

/** A promotion under way was compared with the version that is taken back: it looks again, and stops. */
async function wakePromotion(tx: StateTransaction, model: ModelRow, championEpoch: number): Promise<void> {
  const run = await tx.runs.active(model.id);
  if (run?.state !== "promoting") return;
  const key = `run-${run.id}-${run.epoch}-champion-${championEpoch}`;
  await tx.outbox.add([{ key, kind: "run", subject: run.id, epoch: run.epoch }]);
}

/** The run whose promotion is taken back. */
async function promotedBy(tx: StateTransaction, model: ModelRow, { id }: VersionRow): Promise<string | undefined> {
  const history = await tx.aliases.history(model.id, "champion");
  return beginOfReign(history, id)?.runId;
}

async function describe(
  tx: StateTransaction,
  { model, to, policy, event, actor, grounds }: RollBack,
  from: VersionRow,
  { closed }: ChangedChampion,
): Promise<VersionNotice> {
  const history = await tx.aliases.history(model.id, "champion");
  const promotion = beginOfReign(history, from.id);
  const runId = promotion?.runId;
  const guard = policy?.promote.rollback?.when.place;
  const run = runId === undefined ? undefined : await tx.runs.get(runId);
  const incident = run?.incidentId === undefined ? undefined : await tx.incidents.get(run.incidentId);
  return {
    about: "version",
    kind: "rolled-back",
    model: model.name,
    version: from.name,
    to: to.version.name,
    toServedFrom: to.servedFrom.toISOString(),
    promotedAt: (promotion?.at ?? from.createdAt).toISOString(),
    run: run?.number,
    ...(incident === undefined ? {} : { incident: incident.number }),
    by: actor.kind === "system" ? undefined : actor.id,
    reason: event.why,
    place: grounds === undefined || guard === undefined ? undefined : formatPlace(guard),
    metrics: grounds === undefined ? [] : promisesOf(grounds.check),
    closed: closed.map(({ number }) => number),
  };
}
