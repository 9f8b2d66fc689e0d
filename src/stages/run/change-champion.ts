import { systemActor } from "../../core/actor.ts";
import { brokenInputRule } from "../../core/drift/judge.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Ids } from "../../ports/ids.ts";
import type { IncidentRow, ModelRow, NewRecord, StateTransaction, VersionRow } from "../../ports/state.ts";
import { knownRules } from "../decide/known-rules.ts";
import { tellSuperseded } from "./tell-superseded.ts";

export interface ChampionChange {
  readonly ids: Ids;
  /** Locked, as it was before. */
  readonly model: ModelRow;
  readonly version: VersionRow;
  readonly baselineId: string;
  readonly at: Date;
  readonly reason: string;
  readonly runId: string | undefined;
  /** Its rules count anew; none where no policy governs the model. */
  readonly policy: Policy | undefined;
}

/** What a change of the champion brought along. */
export interface ChangedChampion {
  readonly championEpoch: number;
  /** The incidents that it closed. */
  readonly closed: readonly IncidentRow[];
  /** To be appended last, as the lock order wants it. */
  readonly records: readonly NewRecord[];
}

/**
 * Moves the alias champion to a version with its baseline, inside the caller's transaction: incidents that speak of the
 * baseline before end as superseded, and how long a rule has held counts anew.
 */
export async function changeChampion(tx: StateTransaction, change: ChampionChange): Promise<ChangedChampion> {
  const { model, version, baselineId, at, reason, runId } = change;
  // Another baseline of the version that serves is no other champion: what was compared with it still holds.
  const championEpoch = model.championEpoch + (version.id === model.championVersion ? 0 : 1);
  const history = await tx.aliases.history(model.id, "champion");
  await tx.aliases.insert({
    modelId: model.id,
    alias: "champion",
    seq: (history.at(-1)?.seq ?? 0) + 1,
    versionId: version.id,
    baselineId,
    at,
    reason,
    runId,
  });
  await tx.models.update(model.id, { championVersion: version.id, championBaseline: baselineId, championEpoch });
  if (version.id === model.championVersion) await moveWatch(tx, change);
  const closed = (await tx.incidents.open(model.id)).filter(({ rule }) => rule !== brokenInputRule);
  const records = await supersede(tx, change, closed);
  await restartRules(tx, change, closed);
  return { championEpoch, closed, records };
}

/** A watch over a version goes on when it gets another baseline: checks are of that one from now on. */
async function moveWatch(tx: StateTransaction, { model, version, baselineId }: ChampionChange): Promise<void> {
  const watch = await tx.watches.open(model.id);
  if (watch === undefined || watch.versionId !== version.id) return;
  const { id, state, epoch } = watch;
  await tx.watches.transition({ id, from: state, epoch, to: state, set: { baselineId } });
}

/** Incidents speak of the baseline they were found against; with it they end, and who was told of them hears so. */
async function supersede(
  tx: StateTransaction,
  change: ChampionChange,
  incidents: readonly IncidentRow[],
): Promise<readonly NewRecord[]> {
  const { model, version, at } = change;
  const resolution =
    version.id === model.championVersion
      ? `superseded: version ${version.name} has another baseline`
      : `superseded: version ${version.name} is champion`;
  const records: NewRecord[] = [];
  const ended: IncidentRow[] = [];
  for (const incident of incidents) {
    const { id, state, epoch, number, rule } = incident;
    const set = { resolvedAt: at, resolution };
    if (!(await tx.incidents.transition({ id, from: state, epoch, to: "resolved", set }))) continue;
    ended.push(incident);
    const payload = { incident: number, model: model.name, rule, resolution };
    records.push({ actor: systemActor, at, kind: "incident resolved", subject: id, payload });
  }
  await tellSuperseded(tx, change, ended, resolution);
  return records;
}

/** How long a rule has held counts anew against the new baseline. */
async function restartRules(
  tx: StateTransaction,
  { model, policy }: ChampionChange,
  incidents: readonly IncidentRow[],
): Promise<void> {
  const named = (policy?.rules ?? []).map(({ name }) => ({ rule: name, segment: "" }));
  const known = (await knownRules(tx, model.id)).filter(({ rule }) => rule !== brokenInputRule);
  for (const { rule, segment } of [...named, ...known, ...incidents])
    await tx.checks.saveRuleState(model.id, rule, segment, {});
}
