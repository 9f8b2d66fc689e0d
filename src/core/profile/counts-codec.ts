import type { Counts, FeatureBins, FeatureCounts } from "./bins.ts";
import { type ByteReader, createByteReader, damaged } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { cellCount } from "./empty-counts.ts";
import { openSeal, type Seal, sealBytes } from "./sealed-bytes.ts";

const seal: Seal = { letters: "DWCT", version: 1, what: "counts" };

/** More cells than any bins have; a length above it is damage. */
const MAX_CELLS = 1 << 20;

/**
 * Counts as bytes: versioned, with a checksum, empty cells left out. The same counts give the same bytes.
 *
 * @throws InvalidInput when a count is no whole number of 0 or more (re-weighted counts are not stored)
 */
export function encodeCounts(counts: Counts): Uint8Array {
  return sealBytes(seal, (writer) => writeCounts(writer, counts));
}

/** @throws InvalidData when the bytes are damaged or of another version */
export function decodeCounts(bytes: Uint8Array): Counts {
  const reader = createByteReader(openSeal(seal, bytes), seal.what);
  const counts = readCounts(reader);
  reader.end();
  return counts;
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
 * @param bins   the bins that all parts were counted with
 * @param parts  as of `encodeCounts`, in any order; none gives `emptyCounts(bins)`
 * @throws InvalidData when bytes are damaged, or were counted with other bins
 */
export function sumEncodedCounts(bins: readonly FeatureBins[], parts: Iterable<Uint8Array>): Counts {
  const cells = bins.map((feature) => new Float64Array(cellCount(feature)));
  const none: Omit<FeatureCounts, "cells"> = { missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
  const rest = bins.map(() => none);
  let rows = 0;
  for (const bytes of parts) {
    const reader = createByteReader(openSeal(seal, bytes), seal.what);
    rows += reader.whole();
    if (reader.length(MAX_CELLS) !== bins.length) throw damaged(seal.what, "they are of other features");
    for (const [i, own] of cells.entries()) {
      if (reader.length(MAX_CELLS) !== own.length) throw damaged(seal.what, "they are of other bins");
      reader.sparse(own);
      rest[i] = addRest(rest[i] ?? none, readRest(reader));
    }
    reader.end();
  }
  return { rows, features: cells.map((own, i) => ({ cells: own, ...(rest[i] ?? none) })) };
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
 * As `decodeCounts`, with the filled cells only.
 *
 * @throws InvalidData when the bytes are damaged, or were counted with other bins
 */
export function decodeFilledCells(bins: readonly FeatureBins[], bytes: Uint8Array): FilledCells {
  const reader = createByteReader(openSeal(seal, bytes), seal.what);
  const rows = reader.whole();
  if (reader.length(MAX_CELLS) !== bins.length) throw damaged(seal.what, "they are of other features");
  const features = bins.map((feature) => {
    const length = cellCount(feature);
    if (reader.length(MAX_CELLS) !== length) throw damaged(seal.what, "they are of other bins");
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
    return { cells, counts, rest: readRest(reader) };
  });
  reader.end();
  return { rows, features };
}
