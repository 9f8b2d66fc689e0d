import type { WatchStanding } from "../core/run/watch.ts";
import type { State, WatchRow } from "../ports/state.ts";
import { type BaselineStatus, baselineStatusOf } from "./baseline-status.ts";
import { requireModel } from "./check-model.ts";

/** A span of time [from, to) in which a version was champion; `to` is undefined while it is. */
export interface Reign {
  readonly version: string;
  readonly from: Date;
  readonly to: Date | undefined;
  /** Why it became champion. */
  readonly reason: string;
}

export interface VersionStatus {
  readonly version: string;
  readonly artifact: string | undefined;
  readonly createdAt: Date;
  readonly champion: boolean;
  /** The newest of it. */
  readonly baseline: BaselineStatus | undefined;
  /** Why it is not promoted now; undefined where nothing is against it. */
  readonly blocked: string | undefined;
  /** The watch over its last promotion. */
  readonly watch: WatchStanding | undefined;
}

export interface ModelVersions {
  readonly model: string;
  /** Oldest first. */
  readonly versions: readonly VersionStatus[];
  /** Who was champion when, oldest first. */
  readonly reigns: readonly Reign[];
}

/** More promotions than any model has. */
const mostWatches = 1_000;

/**
 * The versions of a model and who served when.
 *
 * @throws NotFound when there is no such model
 */
export async function modelVersions(state: State, name: string): Promise<ModelVersions> {
  const model = await requireModel(state, name);
  const [versions, changes, watches, blocks, baselines] = await Promise.all([
    state.versions.list(model.id),
    state.aliases.history(model.id, "champion"),
    state.watches.recent(model.id, mostWatches),
    state.watches.blocks(model.id),
    state.baselines.summaries(model.id),
  ]);
  const baselineOf = new Map(baselines.map((baseline) => [baseline.versionId, baseline]));
  const nameOf = new Map(versions.map((version) => [version.id, version.name]));
  return {
    model: name,
    versions: versions.map(({ id, name: version, artifact, createdAt }) => ({
      ...{ version, artifact, createdAt, champion: id === model.championVersion },
      baseline: baselineStatusOf(baselineOf.get(id)),
      blocked: blocks.find(({ versionId }) => versionId === id)?.reason,
      watch: standingOf(watches.find(({ versionId }) => versionId === id)),
    })),
    reigns: changes.map(({ versionId, at, reason }, index) => ({
      ...{ version: nameOf.get(versionId) ?? "?", from: at, to: changes[index + 1]?.at, reason },
    })),
  };
}

/** What people are told of a watch. */
export function standingOf(watch: WatchRow | undefined): WatchStanding | undefined {
  if (watch === undefined) return undefined;
  const { state, endsAt, judged, outcome } = watch;
  return { state, endsAt, judged, outcome };
}

/** Who was champion at an instant; undefined before the first one. A change counts from its own instant on. */
export function championAt({ reigns }: ModelVersions, at: Date): Reign | undefined {
  return reigns.findLast(({ from }) => from <= at);
}
