import { DriftwardError } from "../../core/errors.ts";
import { canonicalCategory } from "../../core/prediction/canonical-category.ts";
import type { Counts, FeatureBins, FeatureCounts } from "../../core/profile/bins.ts";
import { encodeCounts } from "../../core/profile/counts-codec.ts";
import { cellCount, emptyCounts } from "../../core/profile/empty-counts.ts";
import { fewEdged } from "../../core/profile/few-edges.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import { createTally, type Tally, tallyInvalid, tallyNumbers } from "./bucketer.ts";
import { type EdgeIndex, indexEdges } from "./edge-index.ts";
import { columnKind, filterColumns, numberExpression, textExpression } from "./expressions.ts";
import { type GroupedRows, type Grouping, groupRows, nameOf } from "./groupings.ts";
import { parseNames } from "./invalid-names.ts";
import { ownName } from "./quote.ts";
import type { Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";
import { streamVectors, type VectorChunk } from "./stream-vectors.ts";
import { bytesOfCells, type HeldCells, openWorkspace, type Workspace } from "./workspace.ts";

/** By hour, or in so many consecutive parts, or all together. */
type CountRequest = Parameters<CountEngine["count"]>[0] & { readonly parts?: number };

/** A group of the answer, its counts as bytes: empty cells cost nothing on the way to the parent process. */
export interface EncodedGroup {
  readonly hour?: Date;
  readonly segment: string;
  readonly counts: Uint8Array;
}

/** Cells of all groups and features together; at four bytes each, 600 MB. */
const MAX_CELLS = 150_000_000;

/** Counts rows over bins; see the port. All numeric features in one streamed pass, each categorical one in SQL. */
export async function countRows(session: Session, request: CountRequest): Promise<readonly EncodedGroup[]> {
  if (request.files.paths.length === 0)
    return isDivided(request)
      ? []
      : [{ segment: "", counts: encodeCounts(emptyCounts(request.bins), fewEdged(request.bins)) }];
  const source = await openSource(session, request.files, wantedColumns(request));
  const rows = await groupRows(session, source, request);
  try {
    const tallies = rows.groupings.map((grouping) => createTallies(request.bins, grouping, rows));
    await countNumeric(session, source, { rows, bins: request.bins, tallies });
    await countCategorical(session, source, { rows, bins: request.bins, tallies });
    await countInvalid(session, source, { rows, bins: request.bins, tallies });
    return assemble(rows, { bins: request.bins, tallies }, isDivided(request));
  } finally {
    await rows.drop();
  }
}

function isDivided({ byHour, parts }: CountRequest): boolean {
  return byHour === true || parts !== undefined;
}

/** What is counted: `tallies[k][f]` is of grouping k and feature f. */
interface Work {
  readonly rows: GroupedRows;
  readonly bins: readonly FeatureBins[];
  readonly tallies: readonly (readonly Tally[])[];
}

function wantedColumns(request: CountRequest): readonly string[] {
  const names = request.bins.map((bins) => bins.name);
  const time = request.byHour === true ? ["timestamp"] : [];
  return [...names, ...filterColumns(request.filter), ...time, ...(request.segments ?? []).map(nameOf), "_invalid"];
}

function createTallies(bins: readonly FeatureBins[], grouping: Grouping, rows: GroupedRows): readonly Tally[] {
  const groups = rows.groupings.reduce((sum, { groups }) => sum + groups.length, 0);
  const cells = groups * bins.reduce((sum, feature) => sum + cellCount(feature), 0);
  if (cells > MAX_CELLS)
    throw new DriftwardError(
      "InvalidData",
      `expected at most ${MAX_CELLS} cells to count, got ${cells} (${groups} groups)`,
      {
        hint: "count fewer hours, segments or features at once",
      },
    );
  return bins.map((feature) => createTally(grouping.groups.length, cellCount(feature)));
}

async function countNumeric(session: Session, source: Source, work: Work): Promise<void> {
  const { rows, bins, tallies } = work;
  // Without groups to tell apart, the rows' numbers need not be read.
  const isWhole = rows.groupings.length === 1 && rows.groupings[0]?.groups.length === 1;
  const columns = isWhole ? [] : rows.groupings.map(({ code }) => code);
  const workspace = openWorkspace(
    isWhole ? 8 * VECTOR_ROWS + bins.reduce((sum, feature) => sum + bytesOfCells(cellCount(feature)), 0) : 0,
  );
  const piece = workspace.doubles(isWhole ? VECTOR_ROWS : 0);
  const readers: Reader[] = [];
  for (const [f, feature] of bins.entries()) {
    const column = source.columns.get(feature.name);
    if (feature.kind !== "numeric") continue;
    if (column === undefined) {
      countAllMissing(rows, tallies, f);
      continue;
    }
    const { value, invalid } = numberExpression(column);
    const at = columns.push(value) - 1;
    const flags = invalid === undefined ? undefined : columns.push(invalid) - 1;
    const own = tallies.flatMap((ofFeatures) => ofFeatures[f] ?? []);
    readers.push(
      isWhole && own[0] !== undefined
        ? readWhole({ at, flags }, own[0], feature.edges, { workspace, piece })
        : readGroups({ at, flags }, own, indexEdges(feature.edges)),
    );
  }
  if (readers.length === 0) return;
  await streamVectors(session, `SELECT ${columns.join(", ")} FROM ${rows.from}`, (chunk) => {
    const groups = isWhole
      ? []
      : rows.groupings.map(({ groupOfCode }, k) => chunk.integers(k).map((code) => groupOfCode[code] ?? 0));
    for (const reader of readers) reader.take(chunk, groups);
  });
  for (const reader of readers) reader.end();
}

/** Rows of a vector, at most. */
const VECTOR_ROWS = 2_048;

interface Reader {
  take(chunk: VectorChunk, groups: readonly Int32Array[]): void;
  /** After the last row. */
  end(): void;
}

/** Which columns of a chunk are a feature's. */
interface Places {
  readonly at: number;
  readonly flags: number | undefined;
}

function readGroups({ at, flags }: Places, tallies: readonly Tally[], index: EdgeIndex): Reader {
  return {
    take(chunk, groups) {
      const [values, validity] = [chunk.doubles(at), chunk.validity(at)];
      for (const [k, tally] of tallies.entries()) {
        tallyNumbers(tally, index, { values, validity, groups: groups[k] });
        if (flags !== undefined) tallyInvalid(tally, chunk.booleans(flags), groups[k]);
      }
    },
    end: () => {},
  };
}

/** All rows are of one group. */
function readWhole(
  { at, flags }: Places,
  tally: Tally,
  edges: Float64Array,
  { workspace, piece }: { readonly workspace: Workspace; readonly piece: Float64Array },
): Reader {
  const held = workspace.createCells(edges);
  let missing = 0;
  return {
    take(chunk) {
      const present = workspace.keepPresent(piece, chunk.doubles(at), chunk.validity(at));
      missing += chunk.rows - present;
      held.add(piece.subarray(0, present));
      if (flags !== undefined) tallyInvalid(tally, chunk.booleans(flags), undefined);
    },
    end() {
      const { cells, minimum, maximum, positiveInfinity, negativeInfinity } = countsOfCells(held);
      tally.cells.set(cells);
      tally.missing[0] = (tally.missing[0] ?? 0) + missing;
      tally.positiveInfinity[0] = positiveInfinity;
      tally.negativeInfinity[0] = negativeInfinity;
      if (minimum !== undefined) tally.minimum[0] = minimum;
      if (maximum !== undefined) tally.maximum[0] = maximum;
    },
  };
}

async function countCategorical(session: Session, source: Source, { rows, bins, tallies }: Work): Promise<void> {
  for (const [f, feature] of bins.entries()) {
    if (feature.kind !== "categorical") continue;
    const column = source.columns.get(feature.name);
    if (column === undefined) {
      countAllMissing(rows, tallies, f);
      continue;
    }
    const cellOf = new Map(feature.categories.map((category, i) => [category, i]));
    for (const [k, { code, groupOfCode }] of rows.groupings.entries()) {
      const tally = tallies[k]?.[f];
      if (tally === undefined) continue;
      const sql = `SELECT ${code} AS ${ownName("code")}, ${textExpression(column)} AS ${ownName("text")}, count(*)::DOUBLE FROM ${rows.from} GROUP BY ALL`;
      const result = await session.connection.stream(sql);
      for await (const chunk of result.yieldRows())
        for (const [number, text, count] of chunk) {
          const group = groupOfCode[Number(number)] ?? 0;
          const category = canonicalCategory(text === null ? "" : String(text));
          if (category === undefined) tally.missing[group] = (tally.missing[group] ?? 0) + Number(count);
          else {
            const cell = group * tally.width + (cellOf.get(category) ?? feature.categories.length);
            tally.cells[cell] = (tally.cells[cell] ?? 0) + Number(count);
          }
        }
    }
  }
}

function countAllMissing(rows: GroupedRows, tallies: Work["tallies"], f: number): void {
  for (const [k, { groups }] of rows.groupings.entries())
    for (const [g, group] of groups.entries()) {
      const missing = tallies[k]?.[f]?.missing;
      if (missing !== undefined) missing[g] = group.rows;
    }
}

/** The log keeps a value that was not of its feature's type as null, and names the feature in `_invalid`. */
async function countInvalid(session: Session, source: Source, { rows, bins, tallies }: Work): Promise<void> {
  const column = source.columns.get("_invalid");
  if (column === undefined || columnKind(column.type) !== "text") return;
  const featureOf = new Map(bins.map((feature, f) => [feature.name, f]));
  for (const [k, { code, groupOfCode }] of rows.groupings.entries()) {
    const sql = `SELECT ${code} AS ${ownName("code")}, "_invalid", count(*)::DOUBLE FROM ${rows.from} WHERE "_invalid" IS NOT NULL GROUP BY ALL`;
    const result = await session.connection.stream(sql);
    for await (const chunk of result.yieldRows())
      for (const [number, names, count] of chunk)
        for (const name of parseNames(String(names))) {
          const tally = tallies[k]?.[featureOf.get(name) ?? -1];
          const group = groupOfCode[Number(number)] ?? 0;
          if (tally === undefined) continue;
          // Never more than are missing: a column of this name in a person's own file may say anything.
          const moved = Math.min(Number(count), tally.missing[group] ?? 0);
          tally.missing[group] = (tally.missing[group] ?? 0) - moved;
          tally.invalid[group] = (tally.invalid[group] ?? 0) + moved;
        }
  }
}

/** By hour: the whole, then the segments of each column. The whole is the sum over any one grouping. */
function assemble(
  rows: GroupedRows,
  { bins, tallies }: Pick<Work, "bins" | "tallies">,
  byHour: boolean,
): readonly EncodedGroup[] {
  const few = fewEdged(bins);
  const found = new Set(rows.groupings[0]?.groups.flatMap(({ hour }) => hour ?? []));
  const hours = byHour ? [...found].sort((a, b) => a - b) : [undefined];
  return hours.flatMap((hour) => {
    const inHour = (k: number): readonly number[] =>
      (rows.groupings[k]?.groups ?? []).flatMap((group, g) => (group.hour === hour ? [g] : []));
    const at = hour === undefined ? {} : { hour: new Date(hour * millisecondsPer.h) };
    const whole = { ...at, segment: "", counts: encodeCounts(sumGroups(rows, tallies, 0, inHour(0)), few) };
    const segments = rows.groupings.flatMap(({ groups }, k) =>
      inHour(k).flatMap((g) => {
        const segment = groups[g]?.segment ?? "";
        return segment === "" ? [] : [{ ...at, segment, counts: encodeCounts(sumGroups(rows, tallies, k, [g]), few) }];
      }),
    );
    return [whole, ...segments];
  });
}

function sumGroups(rows: GroupedRows, tallies: Work["tallies"], k: number, groups: readonly number[]): Counts {
  const count = groups.reduce((sum, g) => sum + (rows.groupings[k]?.groups[g]?.rows ?? 0), 0);
  return { rows: count, features: (tallies[k] ?? []).map((tally) => tallyCounts(tally, groups)) };
}

/** Counts of a feature without missing and invalid values. */
export function countsOfCells({ cells, extremes }: HeldCells): Omit<FeatureCounts, "missing" | "invalid"> {
  const [minimum = 0, maximum = 0, positiveInfinity = 0, negativeInfinity = 0] = extremes;
  return {
    cells: Float64Array.from(cells),
    positiveInfinity,
    negativeInfinity,
    // Adding 0 turns -0 into 0.
    ...(minimum <= maximum ? { minimum: minimum + 0, maximum: maximum + 0 } : {}),
  };
}

/** The counts of some groups together. */
export function tallyCounts(tally: Tally, groups: readonly number[]): FeatureCounts {
  const cells = new Float64Array(tally.width);
  for (const g of groups)
    for (let i = 0; i < tally.width; i += 1) cells[i] = (cells[i] ?? 0) + (tally.cells[g * tally.width + i] ?? 0);
  const sum = (values: Float64Array): number => groups.reduce((total, g) => total + (values[g] ?? 0), 0);
  const minimum = Math.min(...groups.map((g) => tally.minimum[g] ?? Number.POSITIVE_INFINITY));
  const maximum = Math.max(...groups.map((g) => tally.maximum[g] ?? Number.NEGATIVE_INFINITY));
  return {
    cells,
    missing: sum(tally.missing),
    invalid: sum(tally.invalid),
    positiveInfinity: sum(tally.positiveInfinity),
    negativeInfinity: sum(tally.negativeInfinity),
    ...(minimum <= maximum ? { minimum, maximum } : {}),
  };
}
