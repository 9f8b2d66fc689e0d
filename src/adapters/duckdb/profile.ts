import type { FeatureBins, FeatureCounts } from "../../core/profile/bins.ts";
import { decodeCounts } from "../../core/profile/counts-codec.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import { fitNumericBins } from "../../core/profile/fit-numeric-bins.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import type { CountEngine, FeatureRequest } from "../../ports/count-engine.ts";
import { countRows } from "./count.ts";
import { filterColumns, filterCondition, numberExpression, requireColumn } from "./expressions.ts";
import { createColumnBuffers, gatherColumns, notedInvalid } from "./gather-columns.ts";
import { countCategories, type FittedFeature, fitFrequencies, fitHeld, withInvalid } from "./held-features.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";
import { streamVectors } from "./stream-vectors.ts";
import { openWorkspace } from "./workspace.ts";

type ProfileRequest = Parameters<CountEngine["profile"]>[0];

const DEFAULT_EDGES = 1_024;

/** Edges are exact quantiles up to so many rows; beyond, they are those of as many rows, chosen by their position. */
const MAX_SORTED = 4_000_000;

/** Doubles that are held at once while edges are fitted: 128 MB. */
const MAX_HELD = 16_000_000;

/** Fits bins and counts the rows: from sorted columns where these can be held, otherwise in a second pass over all rows. */
export async function profileRows(
  session: Session,
  request: ProfileRequest,
  maxSorted = MAX_SORTED,
): Promise<Uint8Array> {
  const source = await openToProfile(session, request);
  const filtered = `FROM ${source.from} WHERE ${filterCondition(source, request.filter)}`;
  const rows = await queryNumber(session, `SELECT count(*) ${filtered}`);
  const work: Work = { session, source, filtered, rows, edges: request.edges ?? DEFAULT_EDGES };
  return rows <= maxSorted ? profileHeld(work, request.features) : profileSampled(work, request, maxSorted);
}

interface Work {
  readonly session: Session;
  readonly source: Source;
  /** FROM and WHERE. */
  readonly filtered: string;
  readonly rows: number;
  readonly edges: number;
}

/** A baseline must have all of its features, so NDJSON is looked through for them before it is read as text. */
export async function openToProfile(session: Session, request: ProfileRequest): Promise<Source> {
  const source = await openSource(session, request.files);
  const names = request.features.map(({ name }) => name);
  for (const name of names) requireColumn(source, name, "to profile");
  if (source.format !== "ndjson") return source;
  const noted = source.columns.has("_invalid") ? ["_invalid"] : [];
  return openSource(session, request.files, [...names, ...filterColumns(request.filter), ...noted]);
}

async function profileHeld(work: Work, features: readonly FeatureRequest[]): Promise<Uint8Array> {
  const fitted = new Map<FeatureRequest, FittedFeature<FeatureBins>>();
  const numeric = features.filter(({ kind }) => kind === "numeric");
  const together = Math.min(numeric.length, Math.max(1, Math.floor(MAX_HELD / Math.max(1, work.rows))));
  const workspace = openWorkspace(8 * (together + 1) * work.rows);
  const buffers = createColumnBuffers(workspace, together, work.rows);
  const room = { workspace, spare: workspace.doubles(work.rows) };
  for (let i = 0; i < numeric.length; i += together) {
    const batch = numeric.slice(i, i + together);
    const columns = batch.map(({ name }) => requireColumn(work.source, name, "to profile"));
    const held = await gatherColumns(work.session, work.filtered, columns, buffers);
    for (const [f, feature] of batch.entries()) {
      const column = held[f];
      if (column !== undefined) fitted.set(feature, fitHeld(feature.name, column, work.edges, room));
    }
  }
  for (const feature of features.filter(({ kind }) => kind === "categorical")) {
    const column = requireColumn(work.source, feature.name, "to profile");
    const found = await countCategories(work.session, work.filtered, column);
    fitted.set(feature, fitFrequencies(feature.name, found, work.edges));
  }
  const noted = await notedInvalid(work.session, work.source, work.filtered);
  const all = features.flatMap((feature) => fitted.get(feature) ?? []);
  const counted = all.map(({ bins, counts }): FeatureCounts => withInvalid(counts, noted.get(bins.name) ?? 0));
  return encodeProfile({ bins: all.map(({ bins }) => bins), counts: { rows: work.rows, features: counted } });
}

/** Fits edges on a part of the rows, then counts all with them. */
async function profileSampled(work: Work, request: ProfileRequest, maxSorted: number): Promise<Uint8Array> {
  const fitted = await fitSampled(work, request.features, maxSorted);
  const [group] = await countRows(work.session, {
    files: request.files,
    bins: fitted,
    ...(request.filter === undefined ? {} : { filter: request.filter }),
  });
  return encodeProfile({
    bins: fitted,
    counts: group === undefined ? emptyCounts(fitted) : decodeCounts(group.counts),
  });
}

async function fitSampled(
  work: Work,
  features: readonly FeatureRequest[],
  maxSorted: number,
): Promise<readonly FeatureBins[]> {
  const bins = new Map<FeatureRequest, FeatureBins>();
  const numeric = features.filter(({ kind }) => kind === "numeric");
  const together = Math.max(1, Math.min(numeric.length, Math.floor(MAX_HELD / maxSorted)));
  const workspace = openWorkspace(8 * (together + 1) * maxSorted);
  const held = Array.from({ length: together }, () => workspace.doubles(maxSorted));
  const spare = workspace.doubles(maxSorted);
  for (let i = 0; i < numeric.length; i += together) {
    const batch = numeric.slice(i, i + together);
    for (const [f, values] of (await sampleValues(work, batch, held)).entries()) {
      const feature = batch[f];
      if (feature === undefined) continue;
      bins.set(feature, fitNumericBins(feature.name, workspace.sort(values, spare), work.edges));
    }
  }
  for (const feature of features.filter(({ kind }) => kind === "categorical")) {
    const column = requireColumn(work.source, feature.name, "to profile");
    const found = await countCategories(work.session, work.filtered, column);
    bins.set(feature, fitFrequencies(feature.name, found, work.edges).bins);
  }
  return features.flatMap((feature) => bins.get(feature) ?? []);
}

/** Finite values of each column from some of the rows. Which these are depends on their position alone. */
async function sampleValues(
  { session, source, filtered, rows }: Work,
  features: readonly FeatureRequest[],
  held: readonly Float64Array[],
): Promise<readonly Float64Array[]> {
  const filled = features.map(() => 0);
  const columns = features.map(({ name }) => numberExpression(requireColumn(source, name, "to profile")).value);
  // A multiplicative hash spreads positions evenly and has no period that a daily pattern could share.
  const limit = (0.999 * (held[0]?.length ?? 0) * 2 ** 32) / rows;
  let position = 0;
  await streamVectors(session, `SELECT ${columns.join(", ")} ${filtered}`, (chunk) => {
    for (const f of features.keys()) {
      const values = held[f] ?? new Float64Array();
      const [incoming, validity] = [chunk.doubles(f), chunk.validity(f)];
      let next = filled[f] ?? 0;
      for (let i = 0; i < chunk.rows; i += 1) {
        if (Math.imul(position + i, 0x9e3779b1) >>> 0 >= limit) continue;
        if (validity !== undefined && (((validity[i >> 3] ?? 0) >> (i & 7)) & 1) === 0) continue;
        const value = incoming[i] ?? Number.NaN;
        if (Number.isFinite(value) && next < values.length) values[next++] = value;
      }
      filled[f] = next;
    }
    position += chunk.rows;
  });
  return features.map((_, f) => held[f]?.subarray(0, filled[f]) ?? new Float64Array());
}
