import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Policies } from "../ports/lookups.ts";
import type { ModelRow, State, StateTransaction } from "../ports/state.ts";
import { asEarlier, type EarlierChampion, earlierChampion, rollBack } from "../stages/run/roll-back.ts";
import { requireModel } from "./check-model.ts";

export interface RollbackPorts {
  readonly state: State;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface RollbackWish {
  readonly model: string;
  /** Name of a version that served before; the one that served last before the champion when absent. */
  readonly to?: string;
  readonly reason: string;
  readonly actor: Actor;
}

export interface RolledBack {
  readonly model: string;
  /** The version that was taken back. */
  readonly from: string;
  /** The version that serves now. */
  readonly to: string;
}

/**
 * Lets a version that served before serve again, because a person asks for it: with its baseline, at once and whole. The
 * version that served is not promoted again until a person lifts it.
 *
 * @throws NotFound for a model or version that there is not; Conflict when the champion changes at the same moment (what the
 *         person saw is not what would be taken back); Refused when the version never served, serves already or is
 *         blocked, or no version served before
 */
export async function rollback(
  ports: RollbackPorts,
  { model: name, to, reason, actor }: RollbackWish,
): Promise<RolledBack> {
  const seen = await requireModel(ports.state, name);
  // Read before the lock: within the transaction it would wait for a second connection.
  const policy = seen.policyRevision === undefined ? undefined : await ports.policies.of(seen.policyRevision);
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(seen.id);
    if (model.championEpoch !== seen.championEpoch)
      throw new DriftwardError("Conflict", `the champion of ${name} changed at this moment`, {
        hint: `driftward versions ${name} shows what serves now; ask again if that is to be taken back`,
      });
    const earlier = await target(tx, model, to);
    const from = await tx.versions.get(model.championVersion ?? "");
    const watch = await tx.watches.open(model.id);
    const event = { kind: "taken back", why: reason } as const;
    await rollBack(ports, tx, { model, to: earlier, policy, watch, event, actor });
    return { model: name, from: from.name, to: earlier.version.name };
  });
}

async function target(tx: StateTransaction, model: ModelRow, name: string | undefined): Promise<EarlierChampion> {
  if (name === undefined) {
    const earlier = await earlierChampion(tx, model);
    if (earlier !== undefined) return earlier;
    throw new DriftwardError(
      "Refused",
      `expected a version of ${model.name} that served before and is not blocked, got none`,
      { hint: (await liftHint(tx, model)) ?? `driftward versions ${model.name} shows what served when` },
    );
  }
  const version = await tx.versions.find(model.id, name);
  if (version === undefined)
    throw new DriftwardError("NotFound", `expected a version of ${model.name}, got "${name}"`, {
      hint: `driftward versions ${model.name} lists them`,
    });
  if (version.id === model.championVersion) throw new DriftwardError("Refused", `version ${name} serves already`);
  const block = (await tx.watches.blocks(model.id)).find(({ versionId }) => versionId === version.id);
  if (block !== undefined)
    throw new DriftwardError("Refused", `version ${name} may not serve: ${block.reason}`, {
      hint: `driftward lift ${model.name} ${name} --reason "…" lets it`,
    });
  const history = await tx.aliases.history(model.id, "champion");
  const served = history.findLast(({ versionId }) => versionId === version.id);
  const earlier = served && (await asEarlier(tx, served));
  if (earlier !== undefined) return earlier;
  throw new DriftwardError("Refused", `expected a version that served before, got ${name}, which never did`, {
    hint: `driftward versions ${model.name} shows what served when`,
  });
}

/** Names the version that was taken back last: lifted, it may serve again. */
async function liftHint(tx: StateTransaction, model: ModelRow): Promise<string | undefined> {
  const blocked = (await tx.watches.blocks(model.id)).map(({ versionId }) => versionId);
  const last = (await tx.aliases.history(model.id, "champion")).findLast(({ versionId }) =>
    blocked.includes(versionId),
  );
  if (last === undefined) return undefined;
  const { name } = await tx.versions.get(last.versionId);
  return `driftward lift ${model.name} ${name} --reason "…" lets version ${name} serve again`;
}

/**
 * Lets a version that was taken back be promoted again.
 *
 * @throws NotFound for a model or version that there is not; Refused when it is not blocked
 */
export async function liftVersion(
  ports: Pick<RollbackPorts, "state" | "clock">,
  wish: { readonly model: string; readonly version: string; readonly reason: string; readonly actor: Actor },
): Promise<void> {
  const { model: name, version: wanted, reason, actor } = wish;
  const model = await requireModel(ports.state, name);
  const version = await ports.state.versions.find(model.id, wanted);
  if (version === undefined)
    throw new DriftwardError("NotFound", `expected a version of ${name}, got "${wanted}"`, {
      hint: `driftward versions ${name} lists them`,
    });
  await ports.state.transaction(async (tx) => {
    await tx.models.lock(model.id);
    const at = ports.clock.now();
    const lifted = await tx.watches.lift(version.id, { liftedBy: actor.id, liftReason: reason, liftedAt: at });
    if (!lifted) throw new DriftwardError("Refused", `version ${wanted} of ${name} is not blocked`);
    const payload = { model: name, version: wanted, reason };
    await tx.records.append({ actor, at, kind: "version lifted", subject: model.id, payload });
  });
}
