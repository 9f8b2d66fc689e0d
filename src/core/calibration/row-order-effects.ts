import type { Counts, FeatureBins } from "../profile/bins.ts";
import { millisecondsPer } from "../units.ts";
import { blockRatio } from "./block-ratios.ts";
import type { DesignEffect, DesignEffects } from "./design-effects.ts";
import { expectedLargest } from "./expected-largest.ts";
import { type GridFeature, hourlyGrid } from "./hourly-grid.ts";
import { moderateRatios } from "./moderate-ratios.ts";

/** Parts that a baseline's rows are cut into at most, and the fewest rows of a part: shorter ones have no share. */
const [mostParts, fewestRows] = [128, 10];
/** Blocks are so many parts long, as far as as many blocks are left. */
const [blockParts, fewestBlocks] = [[1, 2, 4, 8], 8];
/** Lengths that are looked at count as so many independent ones: longer blocks are made of shorter ones. */
const independentLengths = 2;

/** Into how many consecutive parts the rows of a baseline are cut to tell their dependence from their order. */
export function partsOf(rows: number): number {
  return Math.min(mostParts, Math.floor(rows / fewestRows));
}

/**
 * The design effect of every feature of a baseline from nothing but the order of its rows, for baselines without times
 * or with too few window-long blocks: neighbours in a file are often of one entity, day or batch.
 *
 * The variance ratio of `designEffects`, over blocks of consecutive rows of several lengths: a dependence that reaches
 * further than a block is not seen in it, and long blocks are few. A feature's own estimate is the largest over the
 * lengths, less what picking it adds; the estimates are shrunk over the features and taken as 1 at least. Where rows were
 * shuffled, or entities interleaved more widely than the blocks, nothing is left to see and the answer is about 1: the
 * limits stay provisional. A file sorted by a feature says that it depends on its order as much as can be.
 *
 * @param parts  counts of consecutive rows of about equal number, in the order of the file; see `partsOf`
 * @param only   features to look at; all when absent
 * @returns undefined when the rows are too few to tell anything
 */
export function rowOrderEffects(
  bins: readonly FeatureBins[],
  parts: readonly Counts[],
  only?: readonly string[],
): DesignEffects | undefined {
  const grid = hourlyGrid(
    bins,
    parts.map((counts, part) => ({ hour: new Date(part * millisecondsPer.h), counts })),
  );
  const lengths = blockParts.filter((length) => Math.floor(parts.length / length) >= fewestBlocks);
  if (lengths.length === 0) return undefined;
  const features = grid.features.filter(({ name }) => only?.includes(name) !== false);
  const estimates = features.map((feature) => largestOver(feature, parts.length, lengths));
  const measured = estimates.flatMap((estimate, index) => (estimate === undefined ? [] : [{ index, ...estimate }]));
  const degrees = measured.reduce((least, one) => Math.min(least, one.degrees), Number.POSITIVE_INFINITY);
  const moderated = moderateRatios(
    measured.map(({ own }) => own),
    degrees,
  );
  const found = new Map(measured.map((one, i) => [one.index, { ...one, ...moderated[i] }]));
  const byFeature = features.map(({ name }, index): [string, DesignEffect] => {
    const { own = 1, value = 1, degrees: worth = fewestBlocks - 1, blocks = 0 } = found.get(index) ?? {};
    return [name, { value: Math.max(1, value), own, degrees: worth, blocks }];
  });
  return { byFeature: Object.fromEntries(byFeature), provisional: true };
}

interface Estimate {
  readonly own: number;
  /** Of the longest blocks: the others know no more of a dependence that reaches far. */
  readonly degrees: number;
  readonly blocks: number;
}

function largestOver(feature: GridFeature, parts: number, lengths: readonly number[]): Estimate | undefined {
  const found = lengths.flatMap((length) => {
    const { largest, cuts, degrees, blocks } = blockRatio(feature, parts, length);
    if (largest === undefined || largest <= 0) return [];
    return [{ own: largest / expectedLargest(cuts, degrees), degrees, blocks }];
  });
  if (found.length === 0) return undefined;
  const largest = Math.max(...found.map(({ own }) => own));
  const [degrees, blocks] = [Math.min(...found.map((one) => one.degrees)), Math.min(...found.map((one) => one.blocks))];
  const added = found.length === 1 ? 1 : expectedLargest(independentLengths, degrees);
  return { own: largest / added, degrees, blocks };
}
