import { type BinLaw, type BinSpread, rowsAsOne } from "../drift/bin-spread.ts";
import { clumpKurtosis } from "../drift/sparse-bins.ts";
import { hourBlocks } from "./hour-blocks.ts";
import type { GridFeature, HourlyGrid } from "./hourly-grid.ts";
import { measureSpread, usualLaw } from "./measured-spread.ts";

/** Blocks are cut into so many parts, as far as hours allow: the more, the surer, and the more that lasts longer. */
const partsOfBlock = [12, 4];
const hoursOfDay = 24;
/**
 * Within these the whole blocks are like their parts, in logarithms of the whole over the parts: how uneven the directions
 * are in which they vary, and how much they vary. Of the middle feature, and of each, which is noisier.
 */
const alike = {
  unevenness: { middle: { least: -0.2, most: 0.1 }, each: { least: -0.5, most: 0.2 } },
  size: { middle: { least: -0.25, most: 0.25 }, each: { least: -0.6, most: 0.5 } },
};

/** What whole blocks say of one feature: the law of its sums over bins, and the group of each bin. */
export interface GroupedLaw {
  readonly law: BinLaw;
  readonly groups: readonly number[];
}

/** How the bins of a feature vary together between parts of its blocks, and the law of that over the same groups. */
export interface PartSpread extends GroupedLaw {
  readonly spread: BinSpread;
}

/**
 * The covariances between parts of the window-long blocks, of the features whose parts vary in the same directions as the
 * whole: there are many more of them to tell it. How much the whole varies is not asked of parts, so that features
 * with two groups, which have one direction, have nothing to ask.
 *
 * Where dependence is short, parts and whole differ by little but noise. Where something lasts longer, such as the days'
 * levels, the whole varies more, and more in one direction: its weights λ are more uneven, which Σ λ² / (Σ λ)² shows.
 * That is looked at in the middle of the features, whose noise is small, and in each. What returns every day cancels in
 * windows of a day or more: there, parts are compared with what their hours of the day let expect.
 *
 * @returns by the index of the feature; undefined where its parts are not like the whole, and for all where the middle is not
 */
export function alikeParts(
  grid: HourlyGrid,
  how: { readonly blockHours: number; readonly stratumOf: ((hour: number) => number) | undefined },
  wholes: readonly (GroupedLaw | undefined)[],
): readonly (PartSpread | undefined)[] {
  const lengths = partsOfBlock.map((parts) => Math.max(1, Math.floor(how.blockHours / parts)));
  for (const partHours of new Set(lengths.filter((length) => length < how.blockHours))) {
    const parts = alikeOf(grid, { ...how, partHours }, wholes);
    if (parts !== undefined) return parts;
  }
  return [];
}

function alikeOf(
  grid: HourlyGrid,
  how: Parameters<typeof alikeParts>[1] & { readonly partHours: number },
  wholes: readonly (GroupedLaw | undefined)[],
): readonly (PartSpread | undefined)[] | undefined {
  const { blockHours, partHours, stratumOf } = how;
  const ofDay = (hour: number) => (stratumOf?.(hour) ?? 0) * hoursOfDay + (hour % hoursOfDay);
  const stratumOfPart = blockHours >= hoursOfDay ? ofDay : stratumOf;
  const parts = grid.features.map((feature, index) => {
    const whole = wholes[index];
    // With two groups there is one weight.
    if (whole === undefined || Math.max(...whole.groups) < 2) return undefined;
    const part = partOf(feature, hourBlocks(feature, grid.hours, partHours, stratumOfPart), whole.groups);
    if (part === undefined) return undefined;
    const unevenness = Math.log(unevennessOf(whole.law) / unevennessOf(part.law));
    return { part, unevenness, size: Math.log(whole.law.mixture.first / part.law.mixture.first) };
  });
  const known = parts.filter((one) => one !== undefined);
  const middle = {
    unevenness: median(known.map((one) => one.unevenness)),
    size: median(known.map(({ size }) => size)),
  };
  if (!isWithin(middle, "middle")) return undefined;
  return parts.map((one) => (one !== undefined && isWithin(one, "each") ? one.part : undefined));
}

/** Rows that come together make rare bins jump, and squares of jumps tell less: as many degrees less as they are rare. */
function partOf(
  feature: GridFeature,
  blocks: ReturnType<typeof hourBlocks>,
  groups: readonly number[],
): PartSpread | undefined {
  const measured = measureSpread(feature, blocks);
  if (measured === undefined) return undefined;
  const together = rowsAsOne(measured.spread);
  const share = 1 / (Math.max(...groups) + 1);
  const clumps = (share * (1 - share) * measured.meanRows) / together;
  const degrees = measured.spread.degrees / (1 + clumpKurtosis(together, share) / clumps / 2);
  const spread = { ...measured.spread, degrees };
  const law = usualLaw(spread, groups);
  return law && { spread, law, groups };
}

function unevennessOf({ mixture: { first, second } }: BinLaw): number {
  return second / first ** 2;
}

interface Difference {
  readonly unevenness: number;
  readonly size: number;
}

function isWithin(difference: Difference, whose: "middle" | "each"): boolean {
  return (["unevenness", "size"] as const).every((what) => {
    const { least, most } = alike[what][whose];
    return difference[what] >= least && difference[what] <= most;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
