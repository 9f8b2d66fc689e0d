import { DriftwardError } from "../../core/errors.ts";
import { decodeCounts } from "../../core/profile/counts-codec.ts";
import { decodeProfile } from "../../core/profile/profile-codec.ts";
import type { CountEngine, DataFiles, RowFilter } from "../../ports/count-engine.ts";
import { countRows } from "./count.ts";
import { filterColumns, filterCondition, requireColumn } from "./expressions.ts";
import { profileRows } from "./profile.ts";
import { insideRead, openRefinement, type ReadInside, readColumn, refineDistance } from "./refine-distance.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";
import { weightedDistance } from "./weighted-distance.ts";

type DistanceRequest = Parameters<CountEngine["exactKolmogorovSmirnov"]>[0];

/** Enough that few rows lie between two edges, so that few must be read a second time. */
const EDGES = 4_096;

/**
 * Exact two-sample distance of a numeric column: counts over the baseline's quantiles first, then the rows between two
 * edges where these leave a doubt. Memory does not grow with the live rows.
 *
 * @throws InvalidData when a side has no value
 */
export async function exactDistance(
  session: Session,
  request: DistanceRequest,
  limits: { readonly edges?: number; readonly maxSorted?: number; readonly maxFine?: number } = {},
): Promise<Awaited<ReturnType<CountEngine["exactKolmogorovSmirnov"]>>> {
  const { feature, liveFilter, baselineFilter, hourWeights } = request;
  if (hourWeights !== undefined) return weightedDistance(session, request, hourWeights);
  const features = [{ name: feature, kind: "numeric" }] as const;
  const cut = baselineFilter === undefined ? {} : { filter: baselineFilter };
  const asked = { files: request.baseline, features, edges: limits.edges ?? EDGES, ...cut };
  const profile = decodeProfile(await profileRows(session, asked, limits.maxSorted));
  const filter = liveFilter === undefined ? {} : { filter: liveFilter };
  const [group] = await countRows(session, { files: request.live, bins: profile.bins, ...filter });
  const live = group === undefined ? undefined : decodeCounts(group.counts).features[0];
  const [bins, baseline] = [profile.bins[0], profile.counts.features[0]];
  for (const [side, counts] of [["baseline", baseline] as const, ["live rows", live] as const])
    if (counts?.cells.every((count) => count === 0) !== false)
      throw new DriftwardError("InvalidData", `expected values of "${feature}" in the ${side}, got none`, {
        hint: "choose a window that has rows",
      });
  if (bins?.kind !== "numeric" || baseline === undefined || live === undefined)
    throw new DriftwardError("EngineFailed", `expected "${feature}" to be counted, got no counts`);
  const read = {
    baseline: insideRead(await openColumn(session, request.baseline, feature, baselineFilter)),
    live: await openColumn(session, request.live, feature, liveFilter),
  };
  return refineDistance({ bins, counts: baseline }, live, read, openRefinement(), limits.maxFine);
}

async function openColumn(
  session: Session,
  files: DataFiles,
  feature: string,
  filter?: RowFilter,
): Promise<ReadInside> {
  const source = await openSource(session, files, [feature, ...filterColumns(filter)]);
  const filtered = `FROM ${source.from} WHERE ${filterCondition(source, filter)}`;
  return readColumn(session, filtered, requireColumn(source, feature, "to compare"));
}
