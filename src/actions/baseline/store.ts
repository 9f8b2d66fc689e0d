import type { Actor } from "../../core/actor.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { FeatureKind } from "../../core/prediction/contract.ts";
import type { Task } from "../../core/prediction/infer-task.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { BaselineRow, ModelRow, NewRecord, State, StateTransaction, VersionRow } from "../../ports/state.ts";
import { changeChampion } from "../../stages/run/change-champion.ts";

/** A baseline whose rows are on disk and which is in no row yet. */
export interface NewBaseline {
  readonly modelId: string;
  readonly baselineId: string;
  /** The model as it was when the rows were typed. */
  readonly before: ModelRow | undefined;
  /** The baseline of the same version whose place it takes. */
  readonly replaces: BaselineRow | undefined;
  readonly kinds: ReadonlyMap<string, FeatureKind>;
  readonly task: Task | undefined;
  readonly profile: Profile;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly file: { readonly sha256: string; readonly rowCount: number };
  readonly source: string;
  readonly at: Date;
}

interface Named {
  readonly model: string;
  readonly version: string;
  readonly artifact?: string;
  readonly actor: Actor;
  /** Why a baseline that was checked against is replaced. */
  readonly replace?: string;
}

export interface Stored {
  readonly versionId: string;
  readonly champion: boolean;
}

/** Writes version, baseline and, for the first version, champion. Undefined when the model changed meanwhile. */
export async function storeBaseline(
  ports: { readonly state: State; readonly ids: Ids; readonly policies?: Policies },
  named: Named,
  made: NewBaseline,
): Promise<Stored | undefined> {
  const freshVersionId = ports.ids.next();
  const revision = made.before?.policyRevision;
  // Read before the lock: within the transaction it would wait for a second connection.
  const policy = revision === undefined ? undefined : await readablePolicy(ports.policies, revision);
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.ensure(named.model, made.modelId, made.at);
    if (model.id !== made.modelId || hasChanged(model, made.before)) return undefined;
    const found = await tx.versions.find(model.id, named.version);
    const standing = found && (await tx.baselines.ofVersion(found.id));
    if (standing?.id !== made.replaces?.id) return undefined;
    const late = named.replace === undefined && standing !== undefined && (await tx.baselines.isUsed(standing.id));
    if (late) return undefined;
    const serves = found !== undefined && model.championVersion === found.id;
    if (serves && model.policyRevision !== revision) return undefined;
    const versionId = found?.id ?? freshVersionId;
    if (found === undefined) await insertVersion(tx, named, made, versionId);
    await tx.baselines.insert({
      id: made.baselineId,
      modelId: model.id,
      versionId,
      rowCount: made.file.rowCount,
      source: made.source,
      profile: encodeProfile(made.profile),
      metrics: made.metrics,
      digest: made.digest,
      createdAt: made.at,
    });
    await tx.models.update(model.id, { features: Object.fromEntries(made.kinds), task: made.task });
    const first = model.championVersion === undefined;
    if (first) await crown(tx, model, made, versionId);
    const records = serves
      ? await moveChampion(tx, model, { ids: ports.ids, named, made, version: found, policy })
      : [];
    await record(tx, named, made, first || serves);
    for (const one of records) await tx.records.append(one);
    return { versionId, champion: first || serves };
  });
}

/** Undefined for one that an older Driftward applied and this one cannot read: it keeps no baseline from its place. */
async function readablePolicy(policies: Policies | undefined, revision: string): Promise<Policy | undefined> {
  try {
    return await policies?.of(revision);
  } catch (error) {
    if (error instanceof DriftwardError && error.code === "InvalidPolicy") return undefined;
    throw error;
  }
}

function hasChanged(now: ModelRow, before: ModelRow | undefined): boolean {
  return JSON.stringify([now.features, now.task]) !== JSON.stringify([before?.features ?? {}, before?.task]);
}

async function insertVersion(tx: StateTransaction, named: Named, made: NewBaseline, id: string): Promise<void> {
  const { modelId, digest, source, at: createdAt } = made;
  const lineage = { source, digest, rows: made.file.rowCount, rowsSha256: made.file.sha256 };
  await tx.versions.insert({ id, modelId, name: named.version, artifact: named.artifact, lineage, createdAt });
}

async function crown(tx: StateTransaction, model: ModelRow, made: NewBaseline, versionId: string): Promise<void> {
  const { baselineId, at } = made;
  await tx.aliases.insert({
    modelId: model.id,
    alias: "champion",
    seq: 1,
    versionId,
    baselineId,
    at,
    reason: "first version of the model",
    runId: undefined,
  });
  await tx.models.update(model.id, {
    championVersion: versionId,
    championBaseline: baselineId,
    championEpoch: model.championEpoch + 1,
  });
}

/** A champion whose baseline is replaced: windows are compared with the new one from now on. */
async function moveChampion(
  tx: StateTransaction,
  model: ModelRow,
  to: {
    readonly ids: Ids;
    readonly named: Named;
    readonly made: NewBaseline;
    readonly version: VersionRow;
    readonly policy: Policy | undefined;
  },
): Promise<readonly NewRecord[]> {
  const { baselineId, at } = to.made;
  const { ids, version, policy } = to;
  const reason = `baseline replaced: ${to.named.replace ?? "nothing was checked against the one before"}`;
  const { records } = await changeChampion(tx, {
    ...{ ids, model, version, baselineId, at, reason, runId: undefined, policy },
  });
  return records;
}

async function record(tx: StateTransaction, named: Named, made: NewBaseline, champion: boolean): Promise<void> {
  const { baselineId: baseline, digest, source, task, metrics, replaces } = made;
  await tx.records.append({
    actor: named.actor,
    at: made.at,
    kind: replaces === undefined ? "baseline registered" : "baseline replaced",
    subject: named.model,
    payload: {
      version: named.version,
      baseline,
      source,
      digest,
      rowsSha256: made.file.sha256,
      rows: made.file.rowCount,
      metrics,
      champion,
      ...(task === undefined ? {} : { task }),
      ...(replaces === undefined ? {} : { replaces: replaces.id }),
      ...(replaces === undefined || named.replace === undefined ? {} : { reason: named.replace }),
    },
  });
}
