import type { Actor } from "../../core/actor.ts";
import type { FeatureKind } from "../../core/prediction/contract.ts";
import type { Task } from "../../core/prediction/infer-task.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import type { Ids } from "../../ports/ids.ts";
import type { ModelRow, State, StateTransaction } from "../../ports/state.ts";

/** A baseline whose rows are on disk and which is in no row yet. */
export interface NewBaseline {
  readonly modelId: string;
  readonly baselineId: string;
  /** The model as it was when the rows were typed. */
  readonly before: ModelRow | undefined;
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
}

export interface Stored {
  readonly versionId: string;
  readonly champion: boolean;
}

/** Writes version, baseline and, for the first version, champion. Undefined when the model changed meanwhile. */
export function storeBaseline(
  ports: { readonly state: State; readonly ids: Ids },
  named: Named,
  made: NewBaseline,
): Promise<Stored | undefined> {
  const freshVersionId = ports.ids.next();
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.ensure(named.model, made.modelId, made.at);
    if (model.id !== made.modelId || hasChanged(model, made.before)) return undefined;
    const found = await tx.versions.find(model.id, named.version);
    if (found !== undefined && (await tx.baselines.ofVersion(found.id)) !== undefined) return undefined;
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
      createdAt: made.at,
    });
    await tx.models.update(model.id, { features: Object.fromEntries(made.kinds), task: made.task });
    const champion = model.championVersion === undefined;
    if (champion) await crown(tx, model, made, versionId);
    await record(tx, named, made, champion);
    return { versionId, champion };
  });
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

async function record(tx: StateTransaction, named: Named, made: NewBaseline, champion: boolean): Promise<void> {
  const { baselineId: baseline, digest, source, task, metrics } = made;
  await tx.records.append({
    actor: named.actor,
    at: made.at,
    kind: "baseline registered",
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
    },
  });
}
