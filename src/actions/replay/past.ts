import type { Profile } from "../../core/profile/bins.ts";
import { fewEdged } from "../../core/profile/few-edges.ts";
import { rememberLast } from "../../core/remember-last.ts";
import type { RecordedPromotion } from "../../core/replay/replay.ts";
import type { RecordedRun } from "../../core/replay/replay-decisions.ts";
import type { StoredHour } from "../../core/replay/sliding-counts.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Limits, Policies, Profiles, Seasons, SegmentedBaselines } from "../../ports/lookups.ts";
import type { Trainer } from "../../ports/runner.ts";
import type {
  BaselineRow,
  CheckRow,
  LogFileRow,
  ModelRow,
  QuarantineRow,
  RunRow,
  State,
  VersionRow,
} from "../../ports/state.ts";
import { type StoredCountsRequest, storedCounts } from "../../stages/stored-counts.ts";

export interface ReplayPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
  readonly profiles: Profiles;
  readonly limits?: Limits;
  readonly seasons?: Seasons;
  readonly segmented?: SegmentedBaselines;
  readonly trainers: ReadonlyMap<string, Trainer>;
}

/** What is recorded of one model, read once for any number of replays. */
export interface Past {
  readonly model: ModelRow;
  readonly promotions: readonly RecordedPromotion[];
  readonly runs: readonly RecordedRun[];
  readonly predictions: readonly LogFileRow[];
  readonly labels: readonly LogFileRow[];
  /** Those that were lifted too. */
  readonly quarantines: readonly QuarantineRow[];
  /** Sequence number of the newest file known at an instant. */
  knownAt(at: Date): number;
  /** The scheduled check of a slot, where one was made. */
  checkOf(slotKey: string): CheckRow | undefined;
  version(id: string): Promise<VersionRow>;
  baseline(id: string): Promise<BaselineRow>;
  profile(id: string): Promise<Profile>;
  /** Stored counts in the bins of a baseline, which is given as a policy looks at it; what was not counted yet is counted now. */
  hours(
    baselineId: string,
    segment: string,
    range: { readonly from: Date; readonly to: Date },
    profile: Profile,
  ): Promise<readonly StoredHour[]>;
}

/** Runs and checks that a replay looks back on at most. */
const [mostRuns, mostChecks] = [500, 100_000];

/** Opens the recorded past of a model. */
export async function openPast(ports: ReplayPorts, model: ModelRow): Promise<Past> {
  const { state } = ports;
  const [predictions, labels, arrivals, checks, quarantines] = await Promise.all([
    state.log.files(model.id, "predictions", {}),
    state.log.files(model.id, "labels", {}),
    state.log.arrivals(model.id),
    state.checks.after(model.id, undefined, mostChecks),
    state.quarantines.list(model.id),
  ]);
  const recent = await state.runs.recent(model.id, mostRuns);
  const bySlot = new Map(checks.filter((check) => check.state === "done").map((check) => [check.slotKey, check]));
  const version = remembered((id) => state.versions.get(id));
  const hours = rememberLast(
    Number.POSITIVE_INFINITY,
    ({ profile, ...of }: HoursRequest) => JSON.stringify([of, fewEdged(profile.bins)]),
    (request) => readHours(ports, predictions, request),
  );
  return {
    model,
    predictions,
    labels,
    quarantines,
    promotions: await readPromotions(state, model.id, version, recent),
    runs: await readRuns(state, recent),
    knownAt: (at) => arrivals.reduce((seq, one) => (one.at <= at ? Math.max(seq, one.seq) : seq), 0),
    checkOf: (slotKey) => bySlot.get(slotKey),
    version,
    baseline: remembered((id) => state.baselines.get(id)),
    profile: remembered((id) => ports.profiles.of(id)),
    hours: (baselineId, segment, { from, to }, profile) => hours({ baselineId, profile, segment, from, to }),
  };
}

type HoursRequest = Omit<StoredCountsRequest, "files">;

async function readHours(
  ports: ReplayPorts,
  predictions: readonly LogFileRow[],
  request: HoursRequest,
): Promise<readonly StoredHour[]> {
  const files = predictions.filter((file) => file.lastAt >= request.from && file.firstAt < request.to);
  const seqOf = new Map(files.map((file) => [file.id, file.seq]));
  const rows = await storedCounts(ports, { ...request, files });
  return rows.map(({ hour, logFileId, counts }) => ({
    hour: hour.getTime(),
    seq: seqOf.get(logFileId) ?? 0,
    counts,
  }));
}

async function readPromotions(
  state: State,
  modelId: string,
  version: (id: string) => Promise<VersionRow>,
  recent: readonly RunRow[],
): Promise<readonly RecordedPromotion[]> {
  const runs = new Map(recent.map((run) => [run.id, run]));
  const changes = await state.aliases.history(modelId, "champion");
  return Promise.all(
    changes.map(async ({ at, versionId, baselineId, runId }, index) => {
      const run = runId === undefined ? {} : { run: (runs.get(runId) ?? (await state.runs.get(runId))).number };
      const change = { at, versionId, baselineId, version: (await version(versionId)).name, ...run };
      return changes[index - 1]?.versionId === versionId ? { ...change, baselineOnly: true } : change;
    }),
  );
}

async function readRuns(state: State, runs: readonly RunRow[]): Promise<readonly RecordedRun[]> {
  return Promise.all(
    runs.map(async ({ number, decisionId, createdAt, finishedAt, state: standing }): Promise<RecordedRun> => {
      const decision = decisionId === undefined ? undefined : await state.decisions.get(decisionId);
      const check = decision === undefined ? undefined : await state.checks.get(decision.checkId);
      const judged = standing === "promoted" || standing === "rejected";
      return { number, createdAt, finishedAt, judged, slot: check?.slotAt };
    }),
  );
}

/** By id; a replay keeps all of its answers. */
function remembered<Value>(ask: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  return rememberLast(Number.POSITIVE_INFINITY, (id) => id, ask);
}
