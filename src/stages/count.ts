import { decodeProfile } from "../core/profile/profile-codec.ts";
import { encodeCounts } from "../core/profile/counts-codec.ts";
import type { Profile } from "../core/profile/bins.ts";
import type { CountEngine } from "../ports/count-engine.ts";
import type { PredictionLog } from "../ports/log.ts";
import type { Policies } from "../ports/lookups.ts";
import type { CountRow, LogFileRow, State } from "../ports/state.ts";

export interface CountPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
}

/** Prediction drift takes the rows of the version judged, so each version is counted apart as well. */
const ownSegments: readonly string[] = ["model_version"];

/**
 * Counts one file of the log in the bins of the champion's baseline, hour by hour. Without a champion there is nothing
 * to count with yet; checks count then what they find uncounted. Counting twice changes nothing.
 */
export async function count(
  ports: CountPorts,
  input: { readonly fileId: string; readonly taskId?: string },
): Promise<void> {
  const file = await ports.state.log.getFile(input.fileId);
  const { championBaseline } = await ports.state.models.get(file.modelId);
  const rows = championBaseline === undefined ? [] : await countsOf(ports, championBaseline, [file]);
  await ports.state.transaction(async (tx) => {
    await tx.counts.insert(rows);
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

/** Counts those of the files that are not yet counted with a baseline. */
export async function ensureCounted(
  ports: CountPorts,
  baselineId: string,
  files: readonly LogFileRow[],
): Promise<void> {
  const rows = await countsOf(ports, baselineId, files);
  if (rows.length > 0) await ports.state.transaction((tx) => tx.counts.insert(rows));
}

async function countsOf(
  ports: CountPorts,
  baselineId: string,
  files: readonly LogFileRow[],
): Promise<readonly CountRow[]> {
  const counted = await ports.state.counts.countedFiles(
    baselineId,
    files.map(({ id }) => id),
  );
  const open = files.filter(({ id }) => !counted.has(id));
  const [first] = open;
  if (first === undefined) return [];
  const { profile } = await ports.state.baselines.get(baselineId);
  const bins = decodeProfile(profile).bins;
  const segments = await segmentsOf(ports, first.modelId);
  const rows: CountRow[] = [];
  for (const file of open) rows.push(...(await countFile(ports, file, baselineId, bins, segments)));
  return rows;
}

async function countFile(
  ports: CountPorts,
  file: LogFileRow,
  baselineId: string,
  bins: Profile["bins"],
  segments: readonly string[],
): Promise<readonly CountRow[]> {
  const files = { paths: [ports.log.locate(file)], format: "parquet" as const };
  const groups = await ports.engine.count({ files, bins, byHour: true, segments });
  return groups.flatMap(({ hour, segment, counts }) =>
    hour === undefined ? [] : [{ baselineId, logFileId: file.id, hour, segment, counts: encodeCounts(counts) }],
  );
}

/** The segments of the policy in force, as far as the model has such columns. */
async function segmentsOf(ports: CountPorts, modelId: string): Promise<readonly string[]> {
  const model = await ports.state.models.get(modelId);
  if (model.policyRevision === undefined) return ownSegments;
  const { data } = await ports.policies.of(model.policyRevision);
  return [...ownSegments, ...data.segments.filter((name) => Object.hasOwn(model.features, name))];
}
