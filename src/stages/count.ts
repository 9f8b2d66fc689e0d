import { profileFor } from "../core/policy/profile-for.ts";
import { segmentColumns } from "../core/policy/segments.ts";
import type { FeatureBins, Profile } from "../core/profile/bins.ts";
import { edgesOf } from "../core/profile/few-edges.ts";
import { decodeProfile } from "../core/profile/profile-codec.ts";
import { millisecondsPer } from "../core/units.ts";
import type { CountEngine } from "../ports/count-engine.ts";
import type { PredictionLog } from "../ports/log.ts";
import type { Policies, SegmentedBaselines } from "../ports/lookups.ts";
import type { CountRow, LogFileRow, State } from "../ports/state.ts";
import { ensureSegmentsCounted } from "./count-segments.ts";

export interface CountPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
  /** Baselines by segment, counted once; without it each count divides its own. */
  readonly segmented?: SegmentedBaselines;
}

/** A baseline, and its profile as the policy in question looks at it (see `profileFor`). */
export interface CountedWith {
  readonly baselineId: string;
  readonly profile: Profile;
}

/** Prediction drift takes the rows of the version judged, so each version is counted apart as well. */
const ownSegments: readonly string[] = ["model_version"];

/** Files that are counted in one go, and how far around a file others are looked for: tasks come in any order. */
const mostFilesAtOnce = 64;
const aroundMs = 64 * millisecondsPer.d;

/**
 * Counts one file of the log in the bins of the champion's baseline, hour by hour, and with it files of the days
 * around it that wait for the same: their own tasks find them counted. Without a champion there is nothing to count with
 * yet; checks count then what they find uncounted. Counting twice changes nothing.
 */
export async function count(
  ports: CountPorts,
  input: { readonly fileId: string; readonly taskId?: string },
): Promise<void> {
  const file = await ports.state.log.getFile(input.fileId);
  const { championBaseline: baselineId, policyRevision } = await ports.state.models.get(file.modelId);
  const policy = policyRevision === undefined ? undefined : await ports.policies.of(policyRevision);
  let rows: readonly CountRow[] = [];
  if (baselineId !== undefined) {
    const whole = decodeProfile((await ports.state.baselines.get(baselineId)).profile);
    const counted = { baselineId, profile: policy === undefined ? whole : profileFor(policy, whole) };
    rows = await countsAround(ports, counted, file);
    for (const column of policy === undefined ? [] : segmentColumns(policy))
      await ensureSegmentsCounted(ports, counted, [file], column);
  }
  await ports.state.transaction(async (tx) => {
    await tx.counts.insert(rows);
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

/** Counts those of the files that are not yet counted with a baseline. */
export async function ensureCounted(
  ports: CountPorts,
  counted: CountedWith,
  files: readonly LogFileRow[],
): Promise<void> {
  await countFiles(ports, counted, await uncounted(ports, counted.baselineId, files));
}

/** Counts files, beside what they were counted with before. */
export async function countFiles(
  ports: CountPorts,
  { baselineId, profile }: CountedWith,
  files: readonly LogFileRow[],
): Promise<void> {
  for (const some of apart(files)) {
    const rows = await countTogether(ports, { baselineId, bins: profile.bins }, some);
    await ports.state.transaction((tx) => tx.counts.insert(rows));
  }
}

async function countsAround(
  ports: CountPorts,
  { baselineId, profile }: CountedWith,
  file: LogFileRow,
): Promise<readonly CountRow[]> {
  if ((await uncounted(ports, baselineId, [file])).length === 0) return [];
  const at = file.firstAt.getTime();
  const range = { from: new Date(at - aroundMs), to: new Date(at + aroundMs) };
  const others = await ports.state.log.files(file.modelId, "predictions", range);
  const open = await uncounted(ports, baselineId, [file, ...others.filter(({ id }) => id !== file.id)]);
  return countTogether(ports, { baselineId, bins: profile.bins }, apart(open)[0] ?? [file]);
}

async function uncounted(
  ports: CountPorts,
  baselineId: string,
  files: readonly LogFileRow[],
): Promise<readonly LogFileRow[]> {
  const ids = files.map(({ id }) => id);
  const counted = await ports.state.counts.countedFiles(baselineId, ids);
  return files.filter(({ id }) => !counted.has(id));
}

/**
 * Divides files into groups in which no two have rows of the same hour: an hour tells then which file it is of. The
 * first file is in the first group.
 */
function apart(files: readonly LogFileRow[]): readonly (readonly LogFileRow[])[] {
  const groups: { readonly files: LogFileRow[]; readonly hours: Set<number> }[] = [];
  for (const file of files) {
    const hours = hoursOf(file);
    const free = groups.find(
      (group) => group.files.length < mostFilesAtOnce && hours.every((hour) => !group.hours.has(hour)),
    );
    const group = free ?? { files: [], hours: new Set<number>() };
    if (free === undefined) groups.push(group);
    group.files.push(file);
    for (const hour of hours) group.hours.add(hour);
  }
  return groups.map((group) => group.files);
}

/** The hours that a file's rows may be of; a file is of one day. */
function hoursOf({ firstAt, lastAt }: LogFileRow): readonly number[] {
  const first = Math.floor(firstAt.getTime() / millisecondsPer.h);
  const last = Math.floor(lastAt.getTime() / millisecondsPer.h);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

async function countTogether(
  ports: CountPorts,
  { baselineId, bins }: { readonly baselineId: string; readonly bins: readonly FeatureBins[] },
  files: readonly LogFileRow[],
): Promise<readonly CountRow[]> {
  const [first] = files;
  if (first === undefined) return [];
  const fileOfHour = new Map(files.flatMap((file) => hoursOf(file).map((hour) => [hour, file.id] as const)));
  const groups = await ports.engine.countEncoded({
    files: { paths: files.map((file) => ports.log.locate(file)), format: "parquet" },
    bins,
    segments: ownSegments,
  });
  const edges = edgesOf(bins);
  return groups.flatMap(({ hour, segment, counts }) => {
    const logFileId = fileOfHour.get(Math.floor(hour.getTime() / millisecondsPer.h));
    return logFileId === undefined ? [] : [{ baselineId, logFileId, hour, segment, edges, counts }];
  });
}
