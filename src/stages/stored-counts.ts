import { segmentParts } from "../core/policy/segments.ts";
import type { FeatureBins } from "../core/profile/bins.ts";
import { readFewEdged } from "../core/profile/counts-codec.ts";
import { allEdges, fewEdged } from "../core/profile/few-edges.ts";
import type { CountRow, LogFileRow } from "../ports/state.ts";
import { type CountedWith, type CountPorts, countFiles, ensureCounted } from "./count.ts";
import { countSegments, ensureSegmentsCounted } from "./count-segments.ts";

export interface StoredCountsRequest extends CountedWith {
  readonly files: readonly LogFileRow[];
  /** '' for all rows, else `column=value`. */
  readonly segment: string;
  readonly from: Date;
  readonly to: Date;
}

/** Every file is counted by it, beside the whole. */
export const versionColumn = "model_version";

/**
 * Counts of hours in [from, to), over the profile's bins or over all edges of a feature that has few there. What was not
 * counted yet is counted now; so is what was counted with few edges of a feature that has all in the profile, for a policy
 * did not watch it then. What tests say follows from rows and policy alone, whatever was counted before.
 */
export async function storedCounts(ports: CountPorts, request: StoredCountsRequest): Promise<readonly CountRow[]> {
  const rows = await storedHours(ports, request);
  const open = tooCoarse(rows, request.profile.bins);
  if (open.size === 0) return rows;
  const files = request.files.filter(({ id }) => open.has(id));
  const column = segmentColumn(request);
  const { baselineId, profile } = request;
  const counted = { baselineId, profile: { ...profile, bins: profile.bins.map(allEdges) } };
  if (column === undefined) await countFiles(ports, counted, files);
  else await countSegments(ports, counted, files, column);
  return storedHours(ports, request);
}

/** As `storedCounts` for those who only ask how many rows there are: with whichever edges. */
export async function storedHours(ports: CountPorts, request: StoredCountsRequest): Promise<readonly CountRow[]> {
  const { baselineId, files, segment, from, to } = request;
  const column = segmentColumn(request);
  if (column === undefined) await ensureCounted(ports, request, files);
  else await ensureSegmentsCounted(ports, request, files, column);
  const ids = files.map(({ id }) => id);
  return ports.state.counts.read(baselineId, ids, { from, to, segment });
}

function segmentColumn({ segment }: Pick<StoredCountsRequest, "segment">): string | undefined {
  const column = segmentParts(segment)?.column;
  return column === versionColumn ? undefined : column;
}

/** The files with counts of too few edges. */
function tooCoarse(rows: readonly CountRow[], bins: readonly FeatureBins[]): ReadonlySet<string> {
  const mayBeFew = new Set(fewEdged(bins));
  const isCoarse = ({ edges, counts }: CountRow) =>
    edges === "few" && readFewEdged(counts).some((place) => !mayBeFew.has(place));
  return new Set(rows.filter(isCoarse).map(({ logFileId }) => logFileId));
}
