import { binCounts, binLabels, isDiscrete } from "../profile/bin-counts.ts";
import type { FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { quantileOfCounts } from "./quantile-of-counts.ts";

/** How the values of a feature lie on both sides, for drawing. */
export type Shape = Histogram | Bars;

/** Shares of the values in slots of equal width, on a scale that may be logarithmic. */
export interface Histogram {
  readonly kind: "histogram";
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
  readonly before: readonly number[];
  readonly now: readonly number[];
}

/** Shares of the rows by category or value; what is rare on both sides is put together. */
export interface Bars {
  readonly kind: "bars";
  readonly bars: readonly { readonly label: string; readonly before: number; readonly now: number }[];
}

/** Slots of a histogram, and bars, at most. */
const slots = 48;
const mostBars = 8;
/** The tails beyond are left out: a drawing shows where the rows are. */
const tail = 0.005;
/** Positive values whose far end is so many times the middle are drawn on a logarithmic scale. */
const spread = 25;

/**
 * The shape of both sides over the same slots, from counts alone: rows inside a cell are spread evenly over it.
 *
 * @returns undefined when a side has no value
 */
export function shapeOf(bins: FeatureBins, baseline: FeatureCounts, window: FeatureCounts): Shape | undefined {
  const few = bins.kind === "categorical" || isDiscrete(bins);
  return few ? barsOf(bins, baseline, window) : histogramOf(bins, baseline, window);
}

function barsOf(bins: FeatureBins, baseline: FeatureCounts, window: FeatureCounts): Bars | undefined {
  const [before, now] = [shares(binCounts(bins, baseline)), shares(binCounts(bins, window))];
  if (before === undefined || now === undefined) return undefined;
  const all = binLabels(bins)
    .map((label, i) => ({ label, before: before[i] ?? 0, now: now[i] ?? 0 }))
    .filter((bar) => bar.before > 0 || bar.now > 0);
  if (bins.kind === "numeric" || all.length <= mostBars) return { kind: "bars", bars: all };
  const weight = (bar: (typeof all)[number]): number => Math.max(bar.before, bar.now);
  const ranked = [...all].sort((one, other) => weight(other) - weight(one));
  const rest = ranked.slice(mostBars - 1);
  const together = {
    label: `${rest.length} more`,
    before: rest.reduce((sum, bar) => sum + bar.before, 0),
    now: rest.reduce((sum, bar) => sum + bar.now, 0),
  };
  return { kind: "bars", bars: [...ranked.slice(0, mostBars - 1), together] };
}

function shares(counts: Float64Array): readonly number[] | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? undefined : Array.from(counts, (count) => count / total);
}

function histogramOf(bins: NumericBins, baseline: FeatureCounts, window: FeatureCounts): Histogram | undefined {
  const quantile = (share: number): readonly (number | undefined)[] => [
    quantileOfCounts(bins, baseline, share),
    quantileOfCounts(bins, window, share),
  ];
  const [lows, middles, highs] = [quantile(tail), quantile(0.5), quantile(1 - tail)];
  const [known, ends] = [[...lows, ...highs], [...middles]];
  if ([...known, ...ends].some((value) => value === undefined || !Number.isFinite(value))) return undefined;
  const [low, high] = [Math.min(...(known as number[])), Math.max(...(known as number[]))];
  if (!(high > low)) return undefined;
  const logarithmic = low > 0 && high / Math.min(...(ends as number[])) > spread;
  const scale = logarithmic ? Math.log : (value: number) => value;
  const grid = gridOf(bins, low, high, logarithmic);
  return {
    kind: "histogram",
    low: grid.low,
    high: grid.high,
    logarithmic,
    before: spreadCells(bins, baseline, grid, scale),
    now: spreadCells(bins, window, grid, scale),
  };
}

interface Grid {
  readonly low: number;
  readonly high: number;
  readonly slots: number;
}

/** Whole numbers get slots of whole width, so that none holds two of them and its neighbour three. */
function gridOf(bins: NumericBins, low: number, high: number, logarithmic: boolean): Grid {
  if (logarithmic || !bins.edges.every(Number.isInteger)) return { low, high, slots };
  const [from, to] = [Math.floor(low), Math.ceil(high)];
  const width = Math.ceil((to - from + 1) / slots);
  const count = Math.ceil((to - from + 1) / width);
  return { low: from - 0.5, high: from - 0.5 + count * width, slots: count };
}

function spreadCells(
  { edges }: NumericBins,
  { cells, minimum, maximum }: FeatureCounts,
  grid: Grid,
  scale: (value: number) => number,
): readonly number[] {
  const total = cells.reduce((sum, cell) => sum + cell, 0);
  const [from, to] = [scale(grid.low), scale(grid.high)];
  const place = (value: number): number =>
    ((scale(Math.min(grid.high, Math.max(grid.low, value))) - from) / (to - from)) * grid.slots;
  const slotted = new Array<number>(grid.slots).fill(0);
  const add = (slot: number, rows: number): void => {
    slotted[slot] = (slotted[slot] ?? 0) + rows / total;
  };
  for (const [i, rows] of cells.entries()) {
    if (rows === 0) continue;
    const left = i % 2 === 1 ? edges[(i - 1) / 2] : i === 0 ? minimum : edges[i / 2 - 1];
    const right = i % 2 === 1 ? left : i === 2 * edges.length ? maximum : edges[i / 2];
    if (left === undefined || right === undefined || right < grid.low || left > grid.high) continue;
    const [a, b] = [place(left), place(right)];
    if (b - a < 1e-9) add(Math.min(grid.slots - 1, Math.floor(a)), rows);
    else
      for (let slot = Math.floor(a); slot < Math.min(grid.slots, b); slot += 1)
        add(slot, (rows * (Math.min(b, slot + 1) - Math.max(a, slot))) / (b - a));
  }
  return slotted;
}
