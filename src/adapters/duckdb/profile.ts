import type { FeatureBins } from "../../core/profile/bins.ts";
import { decodeCounts } from "../../core/profile/counts-codec.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import { fitCategoricalBins } from "../../core/profile/fit-categorical-bins.ts";
import { fitNumericBins } from "../../core/profile/fit-numeric-bins.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import { sortNumbers } from "../../core/profile/sort-numbers.ts";
import type { CountEngine, FeatureRequest } from "../../ports/count-engine.ts";
import { canonicalCategory } from "./canonical-category.ts";
import { countRows } from "./count.ts";
import { filterColumns, filterCondition, numberExpression, requireColumn, textExpression } from "./expressions.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";
import { streamVectors } from "./stream-vectors.ts";

type ProfileRequest = Parameters<CountEngine["profile"]>[0];

const DEFAULT_EDGES = 1_024;

/** Edges are exact quantiles up to so many rows; beyond, they are those of as many rows, chosen by their position. */
const MAX_SORTED = 4_000_000;

/** Doubles that are held at once while edges are fitted: 256 MB. */
const MAX_HELD = 32_000_000;

/** Fits bins, then counts with them, so that a profile's counts are what `count` gives for the same rows. */
export async function profileRows(
  session: Session,
  request: ProfileRequest,
  maxSorted = MAX_SORTED,
): Promise<Uint8Array> {
  const source = await openToProfile(session, request);
  const fitted = await fitBins(session, source, request, maxSorted);
  const [group] = await countRows(session, {
    files: request.files,
    bins: fitted,
    ...(request.filter === undefined ? {} : { filter: request.filter }),
  });
  return encodeProfile({
    bins: fitted,
    counts: group === undefined ? emptyCounts(fitted) : decodeCounts(group.counts),
  });
}

/** A baseline must have all of its features, so NDJSON is looked through for them before it is read as text. */
async function openToProfile(session: Session, request: ProfileRequest): Promise<Source> {
  const source = await openSource(session, request.files);
  const names = request.features.map(({ name }) => name);
  for (const name of names) requireColumn(source, name, "to profile");
  if (source.format !== "ndjson") return source;
  return openSource(session, request.files, [...names, ...filterColumns(request.filter)]);
}

async function fitBins(
  session: Session,
  source: Source,
  request: ProfileRequest,
  maxSorted: number,
): Promise<readonly FeatureBins[]> {
  const filtered = `FROM ${source.from} WHERE ${filterCondition(source, request.filter)}`;
  const edges = request.edges ?? DEFAULT_EDGES;
  const rows = await queryNumber(session, `SELECT count(*) ${filtered}`);
  const bins = new Map<FeatureRequest, FeatureBins>();
  const numeric = request.features.filter(({ kind }) => kind === "numeric");
  const together = Math.max(1, Math.floor(MAX_HELD / Math.max(1, Math.min(rows, maxSorted))));
  for (let i = 0; i < numeric.length; i += together) {
    const features = numeric.slice(i, i + together);
    for (const [f, values] of (
      await gatherValues(session, source, { filtered, rows, features, maxSorted })
    ).entries()) {
      const feature = features[f];
      if (feature !== undefined) bins.set(feature, fitNumericBins(feature.name, sortNumbers(values), edges));
    }
  }
  for (const feature of request.features.filter(({ kind }) => kind === "categorical")) {
    const { name } = feature;
    bins.set(feature, fitCategoricalBins(name, await frequencies(session, source, filtered, name), edges));
  }
  return request.features.flatMap((feature) => bins.get(feature) ?? []);
}

/** Finite values of each column. Which rows are taken when there are too many depends on their position alone. */
async function gatherValues(
  session: Session,
  source: Source,
  from: {
    readonly filtered: string;
    readonly rows: number;
    readonly features: readonly FeatureRequest[];
    readonly maxSorted: number;
  },
): Promise<readonly Float64Array[]> {
  const held = from.features.map(() => new Float64Array(Math.min(from.rows, from.maxSorted)));
  const filled = from.features.map(() => 0);
  const columns = from.features.map(({ name }) => numberExpression(requireColumn(source, name, "to profile")).value);
  // A multiplicative hash spreads positions evenly and has no period that a daily pattern could share.
  const limit = from.rows <= from.maxSorted ? 2 ** 32 : (0.999 * from.maxSorted * 2 ** 32) / from.rows;
  let position = 0;
  await streamVectors(session, `SELECT ${columns.join(", ")} ${from.filtered}`, (chunk) => {
    for (const [f, values] of held.entries()) {
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
  return held.map((values, f) => values.subarray(0, filled[f]));
}

async function frequencies(
  session: Session,
  source: Source,
  filtered: string,
  name: string,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const value = textExpression(requireColumn(source, name, "to profile"));
  const result = await session.connection.stream(`SELECT ${value} AS value, count(*)::DOUBLE ${filtered} GROUP BY ALL`);
  for await (const chunk of result.yieldRows())
    for (const [text, count] of chunk) {
      const category = canonicalCategory(text === null ? null : String(text));
      if (category !== undefined) found.set(category, (found.get(category) ?? 0) + Number(count));
    }
  return found;
}
