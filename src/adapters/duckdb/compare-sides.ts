import type { FeatureBins, FeatureCounts, NumericBins } from "../../core/profile/bins.ts";
import { decodeCounts, encodeCounts } from "../../core/profile/counts-codec.ts";
import { cellCount, emptyCounts } from "../../core/profile/empty-counts.ts";
import { decodeProfile, encodeProfile } from "../../core/profile/profile-codec.ts";
import type { CountEngine, FeatureRequest } from "../../ports/count-engine.ts";
import { createTally, tallyNumbers } from "./bucketer.ts";
import { countRows, tallyCounts } from "./count.ts";
import { indexEdges } from "./edge-index.ts";
import { readColumn } from "./exact-distance.ts";
import { requireColumn } from "./expressions.ts";
import {
  type ColumnBuffers,
  createColumnBuffers,
  gatherColumns,
  type HeldColumn,
  notedInvalid,
} from "./gather-columns.ts";
import { countCategories, countFrequencies, fitFrequencies, fitHeld, withInvalid } from "./held-features.ts";
import { openToProfile, profileRows } from "./profile.ts";
import { readHeld, refineDistance } from "./refine-distance.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type SidesRequest = Parameters<CountEngine["compareSides"]>[0];

/** What crosses to the parent process. */
export interface EncodedSides {
  readonly profile: Uint8Array;
  readonly counts: Uint8Array;
  readonly distances: readonly (number | undefined)[];
}

/** Doubles of both sides that are held at once: 160 MB. */
const MAX_HELD = 20_000_000;

/**
 * Profiles one side and counts the other over its bins; see the port. Each column is read once where both sides of it can
 * be held, a few columns at a time; larger files are read as `profile` and `count` do, and again between the edges where a
 * distance is open.
 */
export async function compareSides(session: Session, request: SidesRequest, maxHeld = MAX_HELD): Promise<EncodedSides> {
  const { features } = request;
  const wanted = [...features.map(({ name }) => name), "_invalid"];
  const baseline = await openSide(session, await openToProfile(session, { files: request.baseline, features }));
  const live = await openSide(session, await openSource(session, request.live, wanted));
  const together = Math.floor(maxHeld / Math.max(1, baseline.rows + live.rows));
  return together === 0
    ? compareStreamed(session, request)
    : compareHeld(session, request, { baseline, live, together });
}

interface Side {
  readonly source: Source;
  readonly filtered: string;
  readonly rows: number;
}

async function openSide(session: Session, source: Source): Promise<Side> {
  const filtered = `FROM ${source.from} WHERE true`;
  return { source, filtered, rows: await queryNumber(session, `SELECT count(*) ${filtered}`) };
}

interface Sides {
  readonly baseline: Side;
  readonly live: Side;
  /** Columns that are held at once. */
  readonly together: number;
}

/** One feature of both sides. */
interface ComparedFeature {
  readonly bins: FeatureBins;
  readonly baseline: FeatureCounts;
  readonly live: FeatureCounts;
  readonly distance?: number | undefined;
}

async function compareHeld(session: Session, request: SidesRequest, sides: Sides): Promise<EncodedSides> {
  const compared = new Map<FeatureRequest, ComparedFeature>();
  const numeric = request.features.filter(({ kind }) => kind === "numeric");
  const together = Math.min(sides.together, numeric.length);
  const buffers = {
    baseline: createColumnBuffers(together, sides.baseline.rows),
    live: createColumnBuffers(together, sides.live.rows),
  };
  for (let i = 0; i < numeric.length; i += together) {
    const batch = numeric.slice(i, i + together);
    const before = await gatherSide(session, sides.baseline, batch, buffers.baseline);
    const now = await gatherSide(session, sides.live, batch, buffers.live);
    for (const [f, feature] of batch.entries()) {
      const [baseline, live] = [before[f], now[f]];
      if (baseline !== undefined && live !== undefined)
        compared.set(feature, await compareColumn(feature.name, { baseline, live }, request, buffers.baseline.spare));
    }
  }
  for (const feature of request.features.filter(({ kind }) => kind === "categorical"))
    compared.set(feature, await compareCategories(session, feature.name, request, sides));
  const noted = [
    await notedInvalid(session, sides.baseline.source, sides.baseline.filtered),
    await notedInvalid(session, sides.live.source, sides.live.filtered),
  ] as const;
  return encodeSides(
    request.features.flatMap((feature) => compared.get(feature) ?? []),
    sides,
    noted,
  );
}

function encodeSides(
  features: readonly ComparedFeature[],
  { baseline, live }: Sides,
  [notedBefore, notedNow]: readonly [ReadonlyMap<string, number>, ReadonlyMap<string, number>],
): EncodedSides {
  const bins = features.map((feature) => feature.bins);
  const before = features.map((feature) => withInvalid(feature.baseline, notedBefore.get(feature.bins.name) ?? 0));
  const now = features.map((feature) => withInvalid(feature.live, notedNow.get(feature.bins.name) ?? 0));
  return {
    profile: encodeProfile({ bins, counts: { rows: baseline.rows, features: before } }),
    counts: encodeCounts({ rows: live.rows, features: now }),
    distances: features.map(({ distance }) => distance),
  };
}

/** Columns of one side in memory; one that the live side lacks is missing in every row. */
async function gatherSide(
  session: Session,
  { source, filtered, rows }: Side,
  features: readonly FeatureRequest[],
  buffers: ColumnBuffers,
): Promise<readonly HeldColumn[]> {
  const present = features.flatMap(({ name }) => source.columns.get(name) ?? []);
  const held = await gatherColumns(session, filtered, present, buffers.columns);
  return features.map(
    ({ name }) =>
      held[present.findIndex((column) => column.name === name)] ?? {
        values: new Float64Array(),
        missing: rows,
        invalid: 0,
      },
  );
}

async function compareColumn(
  name: string,
  held: { readonly baseline: HeldColumn; readonly live: HeldColumn },
  request: SidesRequest,
  spare: Float64Array,
): Promise<ComparedFeature> {
  const { bins, counts, sorted } = fitHeld(name, held.baseline, request.edges, spare);
  const tally = createTally(1, cellCount(bins));
  tallyNumbers(tally, indexEdges(bins.edges), { values: held.live.values, validity: undefined, groups: undefined });
  const live = { ...tallyCounts(tally, [0]), missing: held.live.missing, invalid: held.live.invalid };
  if (!request.exact || sorted.length === 0 || held.live.values.length === 0) return { bins, baseline: counts, live };
  const read = { baseline: readHeld(sorted), live: readHeld(held.live.values) };
  const { statistic } = await refineDistance(bins, counts, live, read);
  return { bins, baseline: counts, live, distance: statistic };
}

async function compareCategories(
  session: Session,
  name: string,
  request: SidesRequest,
  { baseline, live }: Sides,
): Promise<ComparedFeature> {
  const before = requireColumn(baseline.source, name, "to profile");
  const fitted = fitFrequencies(name, await countCategories(session, baseline.filtered, before), request.edges);
  const column = live.source.columns.get(name);
  const now =
    column === undefined
      ? { rowsOf: new Map<string, number>(), missing: live.rows }
      : await countCategories(session, live.filtered, column);
  return { bins: fitted.bins, baseline: fitted.counts, live: countFrequencies(fitted.bins, now) };
}

async function compareStreamed(session: Session, request: SidesRequest): Promise<EncodedSides> {
  const { features, edges } = request;
  const profile = await profileRows(session, { files: request.baseline, features, edges });
  const { bins, counts } = decodeProfile(profile);
  const [group] = await countRows(session, { files: request.live, bins });
  const encoded = group?.counts ?? encodeCounts(emptyCounts(bins));
  const live = decodeCounts(encoded);
  const distances: (number | undefined)[] = [];
  for (const [f, feature] of bins.entries()) {
    const [before, now] = [counts.features[f], live.features[f]];
    const isOpen = request.exact && feature.kind === "numeric" && before !== undefined && now !== undefined;
    distances.push(
      isOpen ? await distanceOf(session, request, { bins: feature, baseline: before, live: now }) : undefined,
    );
  }
  return { profile, counts: encoded, distances };
}

async function distanceOf(
  session: Session,
  request: SidesRequest,
  {
    bins,
    baseline,
    live,
  }: { readonly bins: NumericBins; readonly baseline: FeatureCounts; readonly live: FeatureCounts },
): Promise<number | undefined> {
  const isEmpty = ({ cells }: FeatureCounts): boolean => cells.every((count) => count === 0);
  if (isEmpty(baseline) || isEmpty(live)) return undefined;
  const read = {
    baseline: await readColumn(session, request.baseline, bins.name),
    live: await readColumn(session, request.live, bins.name),
  };
  return (await refineDistance(bins, baseline, live, read)).statistic;
}
