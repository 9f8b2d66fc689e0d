import { systemActor } from "../../core/actor.ts";
import { predictionFeature } from "../../core/drift/rule-facts.ts";
import { isTestedOutput } from "../../core/prediction/contract.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import { hoursWithin, quarantinedSpans } from "../../core/quarantine/quarantine.ts";
import { tooFewLiveRows } from "../../core/run/live-baseline.ts";
import { manifestDigest, type SourceRecord } from "../../core/run/run-data.ts";
import { formatInstant } from "../../core/units.ts";
import type { Window } from "../../core/window.ts";
import type { DataFiles } from "../../ports/count-engine.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type {
  BaselineRow,
  LiveBaselineRow,
  LogFileRow,
  NewRecord,
  StateTransaction,
  VersionRow,
} from "../../ports/state.ts";
import { changeChampion } from "../run/change-champion.ts";
import type { Gathering } from "./gather.ts";
import { keepFormer } from "./keep-former.ts";
import { liveMetrics } from "./live-metrics.ts";

/** The rows that a version served, by what was pinned. */
export interface Served {
  readonly window: Window;
  readonly except: readonly Window[];
  readonly predictions: DataFiles;
  readonly labels: DataFiles;
  readonly manifest: readonly SourceRecord[];
  /** Rows before it have their labels. */
  readonly labelledBefore: Date;
}

/** Between tries when the model moved on under the maker's hands. */
const againMs = 1_000;

/** Makes the baseline that was pinned, and lets windows be compared with it from now on. */
export async function makeLiveBaseline(gathering: Gathering, known: LiveBaselineRow): Promise<TaskResult> {
  const { ports, model, versionId, taskId } = gathering;
  const version = await ports.state.versions.get(versionId);
  const { championBaseline } = model;
  const former = championBaseline === undefined ? undefined : await ports.state.baselines.get(championBaseline);
  const policy = await ports.policies.of(known.policyRevisionId ?? "");
  const served = await servedRows(gathering, known, policy.data.labels.matureMs);
  const file = await ports.log.takeBaseline(model.id, known.id, async (path) =>
    served.predictions.paths.length === 0
      ? { rows: 0 }
      : ports.engine.writeServedRows({ ...asked(served), modelVersion: version.name, path }),
  );
  const { rows } = file.written;
  const tooFew = tooFewLiveRows(rows, policy.window.minRows);
  if (tooFew !== undefined) {
    await keepFormer(ports, { model, known, rows, reason: tooFew, taskId });
    await ports.log.discard([file]);
    return { done: true };
  }
  const made = {
    ...{ version, rows, sha256: file.sha256, served, former },
    profile: await profileOf(gathering, file.path),
    metrics: await liveMetrics(gathering, { version, served, policy, rows, former }),
  };
  const stored = await ports.state.transaction((tx) => store(gathering, known, made, tx));
  if (stored) return { done: true };
  // What was made for a version that serves no longer is of no use, and holds people's rows.
  const { championVersion } = await ports.state.models.get(model.id);
  if (championVersion !== versionId) await ports.log.discard([file]);
  return { again: againMs };
}

function asked({ window, except, predictions, labels, labelledBefore }: Served) {
  return { predictions, labels, from: window.start, to: window.end, except, labelledBefore };
}

async function servedRows({ ports, model }: Gathering, known: LiveBaselineRow, matureMs: number): Promise<Served> {
  const { startsAt: start = new Date(0), endsAt: end = new Date(0), madeAt = new Date(0), asOfSeq = 0 } = known;
  const { state, log } = ports;
  const predictions = await state.log.files(model.id, "predictions", { from: start, to: end, asOfSeq });
  const labels = await state.log.files(model.id, "labels", { from: start, asOfSeq });
  const except = quarantinedSpans(await state.quarantines.list(model.id), asOfSeq);
  const located = (files: readonly LogFileRow[]): DataFiles => ({
    paths: files.map((file) => log.locate(file)),
    format: "parquet",
  });
  const listed = <Kind extends string>(kind: Kind, files: readonly LogFileRow[]) =>
    files.map(({ path, sha256, rowCount: rows }) => ({ kind, path, sha256, rows }));
  return {
    ...{ window: { start, end }, except, predictions: located(predictions), labels: located(labels) },
    manifest: [...listed("predictions", predictions), ...listed("labels", labels)],
    labelledBefore: new Date(madeAt.getTime() - matureMs),
  };
}

/** The model's features that the rows have, and what the version says. */
async function profileOf({ ports, model }: Gathering, path: string): Promise<Profile> {
  const files = { paths: [ports.log.locate({ path })], format: "parquet" as const };
  const columns = new Set((await ports.engine.describe(files)).columns.map(({ name }) => name));
  const features = Object.entries(model.features)
    .map(([name, kind]) => ({ name, kind }))
    .filter(({ name }) => columns.has(name) && !isTestedOutput(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const kind = model.features[predictionFeature] ?? "numeric";
  const score = columns.has("score") ? [{ name: "score", kind: "numeric" as const }] : [];
  return ports.engine.profile({ files, features: [...features, { name: predictionFeature, kind }, ...score] });
}

interface Made {
  readonly version: VersionRow;
  readonly former: BaselineRow | undefined;
  readonly rows: number;
  readonly sha256: string;
  readonly served: Served;
  readonly profile: Profile;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** False when the model has another champion, baseline or policy by now: what follows from those is asked anew. */
async function store(
  { ports, model: seen, policy, taskId }: Gathering,
  known: LiveBaselineRow,
  made: Made,
  tx: StateTransaction,
): Promise<boolean> {
  const model = await tx.models.lock(seen.id);
  if (model.championVersion !== seen.championVersion || model.championBaseline !== seen.championBaseline) return false;
  if (model.policyRevision !== seen.policyRevision) return false;
  const { version, rows, former } = made;
  const { id, epoch, startsAt, endsAt } = known;
  if (!(await tx.liveBaselines.transition({ id, from: "making", epoch, to: "made", set: { rowCount: rows } })))
    return false;
  const at = ports.clock.now();
  const range = `${formatInstant(startsAt ?? at)} to ${formatInstant(endsAt ?? at)}`;
  await tx.baselines.insert({
    ...{ id, modelId: model.id, versionId: version.id, rowCount: rows, source: `live rows of ${range}` },
    ...{ profile: encodeProfile(made.profile), metrics: made.metrics, digest: made.sha256, createdAt: at },
  });
  const reason = `live baseline: ${rows.toLocaleString("en-US")} rows of ${range}`;
  const change = { ids: ports.ids, model, version, baselineId: id, at, reason, runId: undefined, policy };
  const { records, closed } = await changeChampion(tx, change);
  if (taskId !== undefined) await tx.outbox.done(taskId);
  const payload = { ...recorded(known, made), closed: closed.map(({ number }) => number) };
  const kind = former === undefined ? "baseline registered" : "baseline replaced";
  for (const record of [...records, { actor: systemActor, at, kind, subject: model.name, payload }])
    await tx.records.append(record satisfies NewRecord);
  return true;
}

function recorded(known: LiveBaselineRow, { version, former, rows, sha256, served, metrics }: Made) {
  const { window, except, manifest } = served;
  return {
    ...{ version: version.name, baseline: known.id, source: "live", rows, digest: sha256, metrics, champion: true },
    ...{ from: window.start.toISOString(), until: window.end.toISOString(), asOfSeq: known.asOfSeq },
    quarantinedHours: hoursWithin(except, window),
    policyRevision: known.policyRevisionId,
    manifest: { files: manifest.length, sha256: manifestDigest(manifest) },
    ...(former === undefined ? {} : { replaces: former.id }),
  };
}
