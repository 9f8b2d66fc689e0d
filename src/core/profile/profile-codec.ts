import type { FeatureBins, Profile } from "./bins.ts";
import { type ByteReader, createByteReader, damaged } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { readCounts, writeCounts } from "./counts-codec.ts";
import { cellCount } from "./empty-counts.ts";
import { openSeal, type Seal, sealBytes } from "./sealed-bytes.ts";

const seal: Seal = { letters: "DWPF", version: 1, what: "a profile" };

const MAX_LENGTH = 1 << 20;

/**
 * A profile as bytes: versioned, with a checksum. The same profile gives the same bytes.
 *
 * @throws InvalidInput when a count is no whole number of 0 or more
 */
export function encodeProfile(profile: Profile): Uint8Array {
  return sealBytes(seal, (writer) => {
    writer.whole(profile.bins.length);
    for (const bins of profile.bins) writeBins(writer, bins);
    writeCounts(writer, profile.counts);
  });
}

/** @throws InvalidData when the bytes are damaged, of another version, or contradict themselves */
export function decodeProfile(bytes: Uint8Array): Profile {
  const reader = createByteReader(openSeal(seal, bytes), seal.what);
  const bins = Array.from({ length: reader.length(MAX_LENGTH) }, () => readBins(reader));
  const counts = readCounts(reader);
  reader.end();
  if (counts.features.length !== bins.length)
    throw damaged(seal.what, `it has bins of ${bins.length} features and counts of ${counts.features.length}`);
  for (const [i, feature] of bins.entries())
    if (counts.features[i]?.cells.length !== cellCount(feature))
      throw damaged(seal.what, `the cells of feature "${feature.name}" do not fit its bins`);
  return { bins, counts };
}

function writeBins(writer: ByteWriter, bins: FeatureBins): void {
  writer.byte(bins.kind === "numeric" ? 0 : 1);
  writer.text(bins.name);
  if (bins.kind === "categorical") {
    writer.whole(bins.categories.length);
    for (const category of bins.categories) writer.text(category);
    return;
  }
  writer.whole(bins.edges.length);
  for (const edge of bins.edges) writer.double(edge);
  writer.whole(bins.binEdges.length);
  for (const index of bins.binEdges) writer.whole(index);
}

function readBins(reader: ByteReader): FeatureBins {
  const kind = reader.byte();
  const name = reader.text();
  if (kind === 1) {
    const categories = Array.from({ length: reader.length(MAX_LENGTH) }, () => reader.text());
    return { kind: "categorical", name, categories };
  }
  if (kind !== 0) throw damaged(seal.what, `the kind of feature "${name}" is ${kind}`);
  const edges = Float64Array.from({ length: reader.length(MAX_LENGTH) }, () => reader.double());
  const binEdges = Array.from({ length: reader.length(edges.length) }, () => reader.whole());
  if (!edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || (edges[i - 1] ?? 0) < edge)))
    throw damaged(seal.what, `the edges of feature "${name}" do not ascend`);
  if (!binEdges.every((index, i) => index < edges.length && (i === 0 || (binEdges[i - 1] ?? 0) < index)))
    throw damaged(seal.what, `the bins of feature "${name}" do not ascend`);
  return { kind: "numeric", name, edges, binEdges };
}
