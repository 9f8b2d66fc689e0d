import type { FeatureBins, FeatureCounts, NumericBins, Profile } from "../../core/profile/bins.ts";
import { encodeCounts } from "../../core/profile/counts-codec.ts";
import { cellCount } from "../../core/profile/empty-counts.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import { countsOfCells } from "./count.ts";
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
import { distanceOf, type EncodedSides, type Side, sideReader, type Work } from "./opened-sides.ts";
import {
  type BaselineInside,
  insideRead,
  insideSorted,
  openRange,
  openRefinement,
  readHeld,
} from "./refine-distance.ts";
import type { Session } from "./session.ts";
import { bytesOfCells, type Workspace } from "./workspace.ts";

/** Baseline values that are held to settle distances, of all columns of a batch: 32 MB. */
const MAX_OPEN = 4_000_000;

/** One feature of both sides. */
interface ComparedFeature extends FittedFeature<FeatureBins> {
  readonly live: FeatureCounts;
  readonly distance?: number | undefined;
}

interface Named {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
}

/** Each column is read once, a few columns at a time. */
export async function compareHeld(work: Work): Promise<EncodedSides> {
  const { session, request, live, together } = work;
  const features: readonly Named[] = request.profile?.bins ?? request.features;
  const compared = new Map<Named, ComparedFeature>();
  const numeric = features.filter(({ kind }) => kind === "numeric");
  const size = Math.min(together, numeric.length);
  const held = openBuffers(work, size);
  for (let i = 0; i < numeric.length; i += size)
    for (const [feature, result] of await compareBatch(work, numeric.slice(i, i + size), held))
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

/** Memory that all batches share. */
interface Buffers {
  readonly workspace: Workspace;
  readonly before: ColumnBuffers;
  readonly now: ColumnBuffers;
  /** As long as a column of the baseline. */
  readonly spare: Float64Array;
}

function openBuffers({ request, baseline, live }: Work, columns: number): Buffers {
  const rows = request.profile === undefined ? (baseline?.rows ?? 0) : 0;
  const edges = Math.max(request.edges + 9, ...(request.profile?.bins.map((bins) => cellCount(bins)) ?? []));
  const doubles = columns * (rows + live.rows) + Math.max(rows, MAX_OPEN) + MAX_OPEN;
  const workspace = openRefinement(8 * doubles + bytesOfCells(edges));
  return {
    workspace,
    before: createColumnBuffers(workspace, rows > 0 ? columns : 0, rows),
    now: createColumnBuffers(workspace, columns, live.rows),
    spare: workspace.doubles(Math.max(rows, MAX_OPEN)),
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
  buffers: Buffers,
): Promise<readonly (readonly [Named, ComparedFeature])[]> {
  const { session, request, baseline, live } = work;
  const isFitted = request.profile === undefined && baseline !== undefined;
  const before = isFitted ? await gatherSide(session, baseline, batch, buffers.before) : [];
  const now = await gatherSide(session, live, batch, buffers.now);
  const counted: CountedColumn[] = [];
  for (const [f, feature] of batch.entries()) {
    const [held, values] = [before[f], now[f]];
    const fitted =
      held === undefined ? stored(request.profile, feature.name) : fitHeld(feature.name, held, request.edges, buffers);
    if (fitted === undefined || values === undefined) continue;
    const counts = await countHeld(buffers.workspace, fitted.bins, values);
    counted.push({ feature, fitted, live: counts, values: values.values });
  }
  if (!request.exact) return counted.map((column) => [column.feature, { ...column.fitted, live: column.live }]);
  return buffers.workspace.lend(async () => {
    const readers = await baselineReaders(work, counted, buffers);
    const compared: [Named, ComparedFeature][] = [];
    for (const { feature, fitted, live: counts, values } of counted) {
      const read = { baseline: readers.get(feature) ?? insideRead(() => {}), live: readHeld(values) };
      const distance = await distanceOf(fitted, counts, read, buffers.workspace);
      compared.push([feature, { bins: fitted.bins, counts: fitted.counts, live: counts, distance }]);
    }
    return compared;
  });
}

/** A column of the live side in memory, with the bins and counts of the baseline; its values, sorted, where these are held too. */
interface CountedColumn {
  readonly feature: Named;
  readonly fitted: FittedFeature<NumericBins> & { readonly sorted?: Float64Array };
  readonly live: FeatureCounts;
  readonly values: Float64Array;
}

function countHeld(
  workspace: Workspace,
  { edges }: NumericBins,
  { values, missing, invalid }: HeldColumn,
): Promise<FeatureCounts> {
  return workspace.lend(async () => {
    const held = workspace.createCells(edges);
    held.add(values);
    return { ...countsOfCells(held), missing, invalid };
  });
}

/** Where the baseline's values come from: memory, one pass for all columns of the batch, or a statement for each. */
async function baselineReaders(
  { session, baseline }: Work,
  columns: readonly CountedColumn[],
  { workspace, spare }: Buffers,
): Promise<ReadonlyMap<Named, BaselineInside>> {
  const readers = new Map<Named, BaselineInside>();
  const wanted = new Map<Named, Wanted & { readonly before: number }>();
  let rows = 0;
  for (const { feature, fitted, live } of columns) {
    const column = baseline?.source.columns.get(feature.name);
    const range = fitted.sorted === undefined ? openRange(fitted.bins, fitted.counts, live) : undefined;
    if (fitted.sorted !== undefined) readers.set(feature, insideSorted(fitted.sorted));
    else if (range === undefined || column === undefined || rows + range.rows > MAX_OPEN)
      readers.set(feature, insideRead(sideReader(session, baseline, feature.name)));
    else {
      rows += range.rows;
      wanted.set(feature, { column, ...range });
    }
  }
  if (baseline === undefined) return readers;
  const read = await gatherBetween(session, baseline.filtered, [...wanted.values()], workspace);
  for (const [f, [feature, { before }]] of [...wanted].entries())
    readers.set(feature, insideSorted(workspace.sort(read[f] ?? new Float64Array(), spare), before));
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
  const held = await gatherColumns(session, side.filtered, present, buffers);
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
