import type { Counts, FeatureCounts } from "./bins.ts";
import { type ByteReader, createByteReader, damaged } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
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
  let next = 0;
  for (let filled = reader.length(cells.length); filled > 0; filled -= 1) {
    next += reader.whole();
    if (next >= cells.length) throw damaged(seal.what, "a cell lies beyond the last");
    cells[next] = reader.whole();
    next += 1;
  }
  const [missing, invalid] = [reader.whole(), reader.whole()];
  const [positiveInfinity, negativeInfinity] = [reader.whole(), reader.whole()];
  const has = reader.byte();
  return {
    cells,
    missing,
    invalid,
    positiveInfinity,
    negativeInfinity,
    ...(has & 1 ? { minimum: reader.double() } : {}),
    ...(has & 2 ? { maximum: reader.double() } : {}),
  };
}
