import type { FeatureBins, FeatureCounts, NumericBins, Profile } from "../../core/profile/bins.ts";
import { decodeCounts, encodeCounts } from "../../core/profile/counts-codec.ts";
import { cellCount, emptyCounts } from "../../core/profile/empty-counts.ts";
import { decodeProfile, encodeProfile } from "../../core/profile/profile-codec.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import { createTally, tallyNumbers } from "./bucketer.ts";
import { countRows, tallyCounts } from "./count.ts";
import { indexEdges } from "./edge-index.ts";
import {
  type ColumnBuffers,
  createColumnBuffers,
  gatherColumns,
  type HeldColumn,
  notedInvalid,
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
import { type ReadInside, readColumn, readHeld, readSorted, refineDistance } from "./refine-distance.ts";
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

/** Doubles of both sides that are held at once: 160 MB. */
const MAX_HELD = 20_000_000;

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
  { session, request, baseline, live }: Work,
  batch: readonly Named[],
  buffers: { readonly before: ColumnBuffers; readonly now: ColumnBuffers },
): Promise<readonly (readonly [Named, ComparedFeature])[]> {
  const { profile, edges } = request;
  const before =
    profile === undefined && baseline !== undefined ? await gatherSide(session, baseline, batch, buffers.before) : [];
  const now = await gatherSide(session, live, batch, buffers.now);
  const compared: [Named, ComparedFeature][] = [];
  for (const [f, feature] of batch.entries()) {
    const [held, values] = [before[f], now[f]];
    const fitted: (FittedFeature<NumericBins> & { readonly sorted?: Float64Array }) | undefined =
      held === undefined ? stored(profile, feature.name) : fitHeld(feature.name, held, edges, buffers.before.spare);
    if (fitted === undefined || values === undefined) continue;
    const { bins } = fitted;
    const tally = createTally(1, cellCount(bins));
    tallyNumbers(tally, indexEdges(bins.edges), { values: values.values, validity: undefined, groups: undefined });
    const counts = { ...tallyCounts(tally, [0]), missing: values.missing, invalid: values.invalid };
    const read = {
      baseline: fitted.sorted === undefined ? sideReader(session, baseline, feature.name) : readSorted(fitted.sorted),
      live: readHeld(values.values),
    };
    const distance = request.exact ? await distanceOf(fitted, counts, read) : undefined;
    compared.push([feature, { bins, counts: fitted.counts, live: counts, distance }]);
  }
  return compared;
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
