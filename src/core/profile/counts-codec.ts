import type { Counts, FeatureBins, FeatureCounts } from "./bins.ts";
import { type ByteReader, createByteReader, damaged } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { cellCount } from "./empty-counts.ts";
import { foldCells, foldOf } from "./few-edges.ts";
import { openSeal, type Seal, sealBytes } from "./sealed-bytes.ts";

const seal: Seal = { letters: "DWCT", version: 1, what: "counts" };
/** Says before the rest which features were counted with few edges (see `fewEdges`); in version 1 none was. */
const fewSeal: Seal = { ...seal, version: 2 };

/** More cells than any bins have; a length above it is damage. */
const MAX_CELLS = 1 << 20;

/**
 * Counts as bytes: versioned, with a checksum, empty cells left out. The same counts give the same bytes.
 *
 * @param few  places of the features that were counted with few edges, ascending (see `fewEdged`)
 * @throws InvalidInput when a count is no whole number of 0 or more (re-weighted counts are not stored)
 */
export function encodeCounts(counts: Counts, few: readonly number[] = []): Uint8Array {
  if (few.length === 0) return sealBytes(seal, (writer) => writeCounts(writer, counts));
  return sealBytes(fewSeal, (writer) => {
    writer.whole(few.length);
    for (const [i, feature] of few.entries()) writer.whole(feature - (few[i - 1] ?? 0));
    writeCounts(writer, counts);
  });
}

/** @throws InvalidData when the bytes are damaged or of another version */
export function decodeCounts(bytes: Uint8Array): Counts {
  const reader = openCounts(bytes);
  const counts = readCounts(reader);
  reader.end();
  return counts;
}

/** The places of the features that were counted with few edges, as `encodeCounts` was told. O(these). */
export function readFewEdged(bytes: Uint8Array): readonly number[] {
  const head = fewSeal.letters.length + 1;
  if (bytes[head - 1] !== fewSeal.version) return [];
  return readPlaces(createByteReader(bytes.subarray(head), fewSeal.what));
}

function readPlaces(reader: ByteReader): readonly number[] {
  let place = 0;
  return Array.from({ length: reader.length(MAX_CELLS) }, () => {
    place += reader.whole();
    return place;
  });
}

function openCounts(bytes: Uint8Array): ByteReader {
  const own = bytes[seal.letters.length] === seal.version ? seal : fewSeal;
  const reader = createByteReader(openSeal(own, bytes), own.what);
  if (own === fewSeal) readPlaces(reader);
  return reader;
}

export function writeCounts(writer: ByteWriter, counts: Counts): void {
  writer.whole(counts.rows);
  writer.whole(counts.features.length);
  for (const feature of counts.features) writeFeature(writer, feature);
}

export function readCounts(reader: ByteReader): Counts {
  const rows = reader.whole();
  const features = Array.from({ length: reader.length(MAX_CELLS) }, () => readFeature(reader));
  return { rows, features };
}

function writeFeature(writer: ByteWriter, feature: FeatureCounts): void {
  writer.whole(feature.cells.length);
  writer.whole(feature.cells.reduce((filled, count) => filled + (count === 0 ? 0 : 1), 0));
  let next = 0;
  for (const [i, count] of feature.cells.entries()) {
    if (count === 0) continue;
    writer.whole(i - next);
    writer.whole(count);
    next = i + 1;
  }
  writer.whole(feature.missing);
  writer.whole(feature.invalid);
  writer.whole(feature.positiveInfinity);
  writer.whole(feature.negativeInfinity);
  writer.byte((feature.minimum === undefined ? 0 : 1) + (feature.maximum === undefined ? 0 : 2));
  if (feature.minimum !== undefined) writer.double(feature.minimum);
  if (feature.maximum !== undefined) writer.double(feature.maximum);
}

function readFeature(reader: ByteReader): FeatureCounts {
  const cells = new Float64Array(reader.length(MAX_CELLS));
  reader.sparse(cells);
  return { cells, ...readRest(reader) };
}

function readRest(reader: ByteReader): Omit<FeatureCounts, "cells"> {
  const [missing, invalid] = [reader.whole(), reader.whole()];
  const [positiveInfinity, negativeInfinity] = [reader.whole(), reader.whole()];
  const has = reader.byte();
  return {
    missing,
    invalid,
    positiveInfinity,
    negativeInfinity,
    ...(has & 1 ? { minimum: reader.double() } : {}),
    ...(has & 2 ? { maximum: reader.double() } : {}),
  };
}

/**
 * The sum of encoded counts of disjoint rows, as `mergeCounts` of what they decode to, without making these: only filled
 * cells are touched, so a month of hours costs what its rows fill. O(filled cells + cells of the bins).
 *
 * @param bins   the bins that all parts were counted with; of a feature with few edges also those with all of them
 * @param parts  as of `encodeCounts`, in any order; none gives `emptyCounts(bins)`
 * @throws InvalidData when bytes are damaged, or were counted with other bins, or with too few edges
 */
export function sumEncodedCounts(bins: readonly FeatureBins[], parts: Iterable<Uint8Array>): Counts {
  const sums = bins.map(openSum);
  const none: Omit<FeatureCounts, "cells"> = { missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
  const rest = bins.map(() => none);
  let rows = 0;
  for (const bytes of parts) {
    const reader = openCounts(bytes);
    rows += reader.whole();
    if (reader.length(MAX_CELLS) !== bins.length) throw damaged(seal.what, "they are of other features");
    for (const [i, { cellsOf }] of sums.entries()) {
      reader.sparse(cellsOf(reader.length(MAX_CELLS)));
      rest[i] = addRest(rest[i] ?? none, readRest(reader));
    }
    reader.end();
  }
  return { rows, features: sums.map(({ read }, i) => ({ cells: read(), ...(rest[i] ?? none) })) };
}

/** Sums of the cells of one feature: parts over all edges are added up apart, and folded at the end. */
function openSum(bins: FeatureBins) {
  const cells = new Float64Array(cellCount(bins));
  const widest = bins.kind === "numeric" ? 2 * (bins.whole ?? bins.edges).length + 1 : cells.length;
  let whole: Float64Array | undefined;
  return {
    /** Where to add a part of so many cells. */
    cellsOf(length: number): Float64Array {
      if (length === cells.length) return cells;
      if (length !== widest) throw damaged(seal.what, "they are of other bins");
      whole ??= new Float64Array(widest);
      return whole;
    },
    read(): Float64Array {
      const fold = whole === undefined ? undefined : foldOf(bins);
      if (whole === undefined || fold === undefined) return cells;
      return foldCells(fold, whole, cells.length).map((count, i) => count + (cells[i] ?? 0));
    },
  };
}

function addRest(one: Omit<FeatureCounts, "cells">, other: Omit<FeatureCounts, "cells">): Omit<FeatureCounts, "cells"> {
  const minimum = Math.min(one.minimum ?? Number.POSITIVE_INFINITY, other.minimum ?? Number.POSITIVE_INFINITY);
  const maximum = Math.max(one.maximum ?? Number.NEGATIVE_INFINITY, other.maximum ?? Number.NEGATIVE_INFINITY);
  return {
    missing: one.missing + other.missing,
    invalid: one.invalid + other.invalid,
    positiveInfinity: one.positiveInfinity + other.positiveInfinity,
    negativeInfinity: one.negativeInfinity + other.negativeInfinity,
    ...(minimum === Number.POSITIVE_INFINITY ? {} : { minimum }),
    ...(maximum === Number.NEGATIVE_INFINITY ? {} : { maximum }),
  };
}

/** Counts without their empty cells: by feature, which cells are filled, and how. */
export interface FilledCells {
  readonly rows: number;
  readonly features: readonly {
    readonly cells: Uint32Array;
    readonly counts: Float64Array;
    readonly rest: Omit<FeatureCounts, "cells">;
  }[];
}

/**
 * Reads counts with the filled cells only, over the bins given: as `decodeCounts`, and folded where they were made with
 * all edges of a feature that has few here.
 *
 * @returns a reader of counts over these bins; it throws InvalidData when bytes are damaged, were counted with other bins,
 *   or with too few edges
 */
export function filledCellsReader(bins: readonly FeatureBins[]): (bytes: Uint8Array) => FilledCells {
  const features = bins.map((feature) => ({ width: cellCount(feature), fold: foldOf(feature) }));
  return (bytes) => {
    const reader = openCounts(bytes);
    const rows = reader.whole();
    if (reader.length(MAX_CELLS) !== bins.length) throw damaged(seal.what, "they are of other features");
    const filled = features.map(({ width, fold }) => {
      const length = reader.length(MAX_CELLS);
      if (length !== width && length !== fold?.length) throw damaged(seal.what, "they are of other bins");
      const own = readFilled(reader, length);
      return { ...(length === width || fold === undefined ? own : foldFilled(own, fold)), rest: readRest(reader) };
    });
    reader.end();
    return { rows, features: filled };
  };
}

type Filled = Pick<FilledCells["features"][number], "cells" | "counts">;

function readFilled(reader: ByteReader, length: number): Filled {
  const filled = reader.length(length);
  const [cells, counts] = [new Uint32Array(filled), new Float64Array(filled)];
  let next = 0;
  for (let i = 0; i < filled; i += 1) {
    next += reader.whole();
    if (next >= length) throw damaged(seal.what, "a cell lies beyond the last");
    cells[i] = next;
    counts[i] = reader.whole();
    next += 1;
  }
  return { cells, counts };
}

/** Cells ascend, and so do those that they fall into: what falls into one lies side by side. */
function foldFilled({ cells, counts }: Filled, fold: Int32Array): Filled {
  const [into, sums] = [new Uint32Array(cells.length), new Float64Array(cells.length)];
  let last = -1;
  for (let i = 0; i < cells.length; i += 1) {
    const cell = fold[cells[i] as number] as number;
    if (last < 0 || into[last] !== cell) last += 1;
    into[last] = cell;
    sums[last] = (sums[last] as number) + (counts[i] as number);
  }
  return { cells: into.slice(0, last + 1), counts: sums.slice(0, last + 1) };
}
