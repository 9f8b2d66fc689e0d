import type { FeatureBins, FeatureCounts, NumericBins, Profile } from "../../core/profile/bins.ts";
import { decodeCounts, encodeCounts } from "../../core/profile/counts-codec.ts";
import { cellCount, emptyCounts } from "../../core/profile/empty-counts.ts";
import { decodeProfile, encodeProfile } from "../../core/profile/profile-codec.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import { createTally, tallyPresent } from "./bucketer.ts";
import { countRows, tallyCounts } from "./count.ts";
import { indexEdges } from "./edge-index.ts";
import {
  type ColumnBuffers,
  createColumnBuffers,
  gatherBetween,
  gatherColumns,
  type HeldColumn,
  notedInvalid,
  type Wanted,
} from "./gather-columns.ts";
import {
  countCategories,
  countFrequencies,
  type FittedFeature,
  fitFrequencies,
  fitHeld,
  withInvalid,
} from "./held-features.ts";
import { openToProfile, profileRows } from "./profile.ts";
import { openRange, type ReadInside, readColumn, readHeld, readSorted, refineDistance } from "./refine-distance.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type SidesRequest = Parameters<CountEngine["compareSides"]>[0];

/** What crosses to the parent process. */
export interface EncodedSides {
  /** Absent where the request brought it. */
  readonly profile?: Uint8Array;
  readonly counts: Uint8Array;
  readonly distances: readonly (number | undefined)[];
}

/** Doubles of both sides that are held at once: 128 MB. */
const MAX_HELD = 16_000_000;

/** Baseline values that are held to settle distances, of all columns of a batch: 32 MB. */
const MAX_OPEN = 4_000_000;

/**
 * Profiles one side and counts the other over its bins; see the port. Each column is read once where both sides of it can
 * be held, a few columns at a time; larger files are read as `profile` and `count` do, and again between the edges where a
 * distance is open.
 */
export async function compareSides(session: Session, request: SidesRequest, maxHeld = MAX_HELD): Promise<EncodedSides> {
  const names = (request.profile?.bins ?? request.features).map(({ name }) => name);
  const live = await openSide(session, await openSource(session, request.live, [...names, "_invalid"]));
  const baseline = await openBaseline(session, request, names);
  const rows = live.rows + (request.profile === undefined ? (baseline?.rows ?? 0) : 0);
  const work: Work = { session, request, baseline, live, together: Math.floor(maxHeld / Math.max(1, rows)) };
  return work.together === 0 ? compareStreamed(work) : compareHeld(work);
}

interface Side {
  readonly source: Source;
  /** FROM and WHERE. */
  readonly filtered: string;
  readonly rows: number;
}

interface Work {
  readonly session: Session;
  readonly request: SidesRequest;
  /** Undefined where the stored profile is enough. */
  readonly baseline: Side | undefined;
  readonly live: Side;
  /** Columns that are held at once. */
  readonly together: number;
}

async function openSide(session: Session, source: Source): Promise<Side> {
  const filtered = `FROM ${source.from} WHERE true`;
  return { source, filtered, rows: await queryNumber(session, `SELECT count(*) ${filtered}`) };
}

async function openBaseline(
  session: Session,
  { baseline, features, profile, exact }: SidesRequest,
  names: readonly string[],
): Promise<Side | undefined> {
  if (profile === undefined) return openSide(session, await openToProfile(session, { files: baseline, features }));
  return exact ? openSide(session, await openSource(session, baseline, names)) : undefined;
}

/** One feature of both sides. */
interface ComparedFeature extends FittedFeature<FeatureBins> {
  readonly live: FeatureCounts;
  readonly distance?: number | undefined;
}

interface Named {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
}

async function compareHeld(work: Work): Promise<EncodedSides> {
  const { session, request, live, together } = work;
  const features: readonly Named[] = request.profile?.bins ?? request.features;
  const compared = new Map<Named, ComparedFeature>();
  const numeric = features.filter(({ kind }) => kind === "numeric");
  const size = Math.min(together, numeric.length);
  const before = createColumnBuffers(request.profile === undefined ? size : 0, work.baseline?.rows ?? 0);
  const now = createColumnBuffers(size, live.rows);
  for (let i = 0; i < numeric.length; i += size)
    for (const [feature, result] of await compareBatch(work, numeric.slice(i, i + size), { before, now }))
      compared.set(feature, result);
  for (const feature of features.filter(({ kind }) => kind === "categorical"))
    compared.set(feature, await compareCategories(work, feature.name));
  const noted = await notedInvalid(session, live.source, live.filtered);
  const all = features.flatMap((feature) => compared.get(feature) ?? []);
  const counts = all.map((feature) => withInvalid(feature.live, noted.get(feature.bins.name) ?? 0));
  return {
    ...(await encodeFitted(work, all)),
    counts: encodeCounts({ rows: live.rows, features: counts }),
    distances: all.map(({ distance }) => distance),
  };
}

async function encodeFitted(
  { session, request, baseline }: Work,
  features: readonly ComparedFeature[],
): Promise<Pick<EncodedSides, "profile">> {
  if (request.profile !== undefined || baseline === undefined) return {};
  const noted = await notedInvalid(session, baseline.source, baseline.filtered);
  const counts = features.map((feature) => withInvalid(feature.counts, noted.get(feature.bins.name) ?? 0));
  const bins = features.map((feature) => feature.bins);
  return { profile: encodeProfile({ bins, counts: { rows: baseline.rows, features: counts } }) };
}

async function compareBatch(
  work: Work,
  batch: readonly Named[],
  buffers: { readonly before: ColumnBuffers; readonly now: ColumnBuffers },
): Promise<readonly (readonly [Named, ComparedFeature])[]> {
  const { session, request, baseline, live } = work;
  const isFitted = request.profile === undefined && baseline !== undefined;
  const before = isFitted ? await gatherSide(session, baseline, batch, buffers.before) : [];
  const now = await gatherSide(session, live, batch, buffers.now);
  const counted = batch.flatMap((feature, f): CountedColumn[] => {
    const [held, values] = [before[f], now[f]];
    const fitted =
      held === undefined
        ? stored(request.profile, feature.name)
        : fitHeld(feature.name, held, request.edges, buffers.before.spare);
    if (fitted === undefined || values === undefined) return [];
    return [{ feature, fitted, live: countHeld(fitted.bins, values), values: values.values }];
  });
  const readers = request.exact ? await baselineReaders(work, counted) : new Map<Named, ReadInside>();
  const compared: [Named, ComparedFeature][] = [];
  for (const { feature, fitted, live: counts, values } of counted) {
    const read = readers.get(feature);
    const distance =
      read === undefined ? undefined : await distanceOf(fitted, counts, { baseline: read, live: readHeld(values) });
    compared.push([feature, { bins: fitted.bins, counts: fitted.counts, live: counts, distance }]);
  }
  return compared;
}

/** A column of the live side in memory, with the bins and counts of the baseline; its values, sorted, where these are held too. */
interface CountedColumn {
  readonly feature: Named;
  readonly fitted: FittedFeature<NumericBins> & { readonly sorted?: Float64Array };
  readonly live: FeatureCounts;
  readonly values: Float64Array;
}

function countHeld(bins: NumericBins, { values, missing, invalid }: HeldColumn): FeatureCounts {
  const tally = createTally(1, cellCount(bins));
  tallyPresent(tally, indexEdges(bins.edges), values);
  return { ...tallyCounts(tally, [0]), missing, invalid };
}

/** Where the baseline's values come from: memory, one pass for all columns of the batch, or a statement for each. */
async function baselineReaders(
  { session, baseline }: Work,
  columns: readonly CountedColumn[],
): Promise<ReadonlyMap<Named, ReadInside>> {
  const readers = new Map<Named, ReadInside>();
  const wanted = new Map<Named, Wanted>();
  let rows = 0;
  for (const { feature, fitted, live } of columns) {
    const column = baseline?.source.columns.get(feature.name);
    const range = fitted.sorted === undefined ? openRange(fitted.bins, fitted.counts, live) : undefined;
    if (fitted.sorted !== undefined) readers.set(feature, readSorted(fitted.sorted));
    else if (range === undefined || column === undefined || rows + range.rows > MAX_OPEN)
      readers.set(feature, sideReader(session, baseline, feature.name));
    else {
      rows += range.rows;
      wanted.set(feature, { column, ...range });
    }
  }
  if (baseline === undefined) return readers;
  const read = await gatherBetween(session, baseline.filtered, [...wanted.values()]);
  for (const [f, feature] of [...wanted.keys()].entries())
    readers.set(feature, readHeld(read[f] ?? new Float64Array()));
  return readers;
}

function stored(profile: Profile | undefined, name: string): FittedFeature<NumericBins> | undefined {
  const f = profile?.bins.findIndex((bins) => bins.name === name) ?? -1;
  const [bins, counts] = [profile?.bins[f], profile?.counts.features[f]];
  return bins?.kind === "numeric" && counts !== undefined ? { bins, counts } : undefined;
}

/** Columns of one side in memory; one that the live side lacks is missing in every row. */
async function gatherSide(
  session: Session,
  side: Side,
  features: readonly Named[],
  buffers: ColumnBuffers,
): Promise<readonly HeldColumn[]> {
  const present = features.flatMap(({ name }) => side.source.columns.get(name) ?? []);
  const held = await gatherColumns(session, side.filtered, present, buffers.columns);
  const absent = { values: new Float64Array(), missing: side.rows, invalid: 0 };
  return features.map(({ name }) => held[present.findIndex((column) => column.name === name)] ?? absent);
}

async function compareCategories({ session, request, baseline, live }: Work, name: string): Promise<ComparedFeature> {
  const column = live.source.columns.get(name);
  const now =
    column === undefined
      ? { rowsOf: new Map<string, number>(), missing: live.rows }
      : await countCategories(session, live.filtered, column);
  const f = request.profile?.bins.findIndex((bins) => bins.name === name) ?? -1;
  const [bins, counts] = [request.profile?.bins[f], request.profile?.counts.features[f]];
  if (bins?.kind === "categorical" && counts !== undefined) return { bins, counts, live: countFrequencies(bins, now) };
  const before = baseline?.source.columns.get(name);
  const found =
    baseline === undefined || before === undefined
      ? { rowsOf: new Map<string, number>(), missing: 0 }
      : await countCategories(session, baseline.filtered, before);
  const fitted = fitFrequencies(name, found, request.edges);
  return { ...fitted, live: countFrequencies(fitted.bins, now) };
}

async function compareStreamed({ session, request, baseline, live }: Work): Promise<EncodedSides> {
  const { features, edges } = request;
  const fitted =
    request.profile === undefined
      ? await profileRows(session, { files: request.baseline, features, edges })
      : undefined;
  const { bins, counts } = request.profile ?? decodeProfile(fitted ?? new Uint8Array());
  const [group] = await countRows(session, { files: request.live, bins });
  const encoded = group?.counts ?? encodeCounts(emptyCounts(bins));
  const counted = decodeCounts(encoded);
  const distances: (number | undefined)[] = [];
  for (const [f, feature] of bins.entries()) {
    const [before, now] = [counts.features[f], counted.features[f]];
    const isOpen = request.exact && feature.kind === "numeric" && before !== undefined && now !== undefined;
    const read = {
      baseline: sideReader(session, baseline, feature.name),
      live: sideReader(session, live, feature.name),
    };
    distances.push(isOpen ? await distanceOf({ bins: feature, counts: before }, now, read) : undefined);
  }
  return { ...(fitted === undefined ? {} : { profile: fitted }), counts: encoded, distances };
}

function sideReader(session: Session, side: Side | undefined, name: string): ReadInside {
  const column = side?.source.columns.get(name);
  return side === undefined || column === undefined ? () => {} : readColumn(session, side.filtered, column);
}

/** Undefined where a side has no value. */
async function distanceOf(
  { bins, counts }: FittedFeature<NumericBins>,
  live: FeatureCounts,
  read: { readonly baseline: ReadInside; readonly live: ReadInside },
): Promise<number | undefined> {
  const isEmpty = ({ cells }: FeatureCounts): boolean => cells.every((count) => count === 0);
  if (isEmpty(counts) || isEmpty(live)) return undefined;
  return (await refineDistance(bins, counts, live, read)).statistic;
}
