import type { FeatureBins } from "../core/profile/bins.ts";
import { encodeCounts } from "../core/profile/counts-codec.ts";
import { cellCount, emptyCounts } from "../core/profile/empty-counts.ts";
import { edgesOf, fewEdged } from "../core/profile/few-edges.ts";
import { millisecondsPer } from "../core/units.ts";
import type { CountRow, LogFileRow } from "../ports/state.ts";
import { createSegmentedBaselines } from "./check/segmented-baselines.ts";
import type { CountedWith, CountPorts } from "./count.ts";

/** Cells that the engine holds for one call: a day of hours for every segment and feature. */
const mostCells = 60_000_000;
const hoursOfDay = 24;

/**
 * Counts those of the files by the segments of a column that are not yet: hour by hour, for the values that are segments
 * of the baseline. Each counted file has an empty row under the column's own name, so that one without any of these
 * values counts as counted. Counting twice changes nothing.
 */
export async function ensureSegmentsCounted(
  ports: CountPorts,
  counted: CountedWith,
  files: readonly LogFileRow[],
  column: string,
): Promise<void> {
  const ids = files.map(({ id }) => id);
  const known = await ports.state.counts.countedFiles(counted.baselineId, ids, column);
  await countSegments(
    ports,
    counted,
    files.filter(({ id }) => !known.has(id)),
    column,
  );
}

/** Counts files by the segments of a column, beside what they were counted with before. */
export async function countSegments(
  ports: CountPorts,
  { baselineId, profile }: CountedWith,
  files: readonly LogFileRow[],
  column: string,
): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  const segmented = ports.segmented ?? createSegmentedBaselines(ports);
  const { modelId } = first;
  const { segments } = await segmented.of({ modelId, baselineId, profile, column, match: [] });
  const values = segments.map(({ value }) => value);
  for (const file of files) {
    const rows = await countFile(ports, file, { baselineId, profile, column, values });
    await ports.state.transaction((tx) => tx.counts.insert(rows));
  }
}

async function countFile(
  ports: CountPorts,
  file: LogFileRow,
  asked: CountedWith & { readonly column: string; readonly values: readonly string[] },
): Promise<readonly CountRow[]> {
  const {
    baselineId,
    profile: { bins },
    column,
    values,
  } = asked;
  const place = { baselineId, logFileId: file.id, edges: edgesOf(bins) };
  const hour = new Date(Math.floor(file.firstAt.getTime() / millisecondsPer.h) * millisecondsPer.h);
  const mark = { ...place, hour, segment: column, counts: encodeCounts(emptyCounts(bins), fewEdged(bins)) };
  const rows: CountRow[] = [mark];
  const atOnce = valuesAtOnce(bins);
  for (let from = 0; from < values.length; from += atOnce) {
    const groups = await ports.engine.countEncoded({
      files: { paths: [ports.log.locate(file)], format: "parquet" },
      bins,
      segments: [{ name: column, values: values.slice(from, from + atOnce) }],
    });
    for (const group of groups) if (group.segment !== "") rows.push({ ...place, ...group });
  }
  return rows;
}

function valuesAtOnce(bins: readonly FeatureBins[]): number {
  const cells = bins.reduce((sum, feature) => sum + cellCount(feature), 0);
  return Math.max(1, Math.floor(mostCells / (hoursOfDay * Math.max(1, cells))) - 1);
}
