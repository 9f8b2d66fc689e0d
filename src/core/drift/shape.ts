import { binCounts, binLabels, isDiscrete } from "../profile/bin-counts.ts";
import type { FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { quantileOfCounts } from "./quantile-of-counts.ts";

/** How the values of a feature lie on both sides, for drawing. */
export type Shape = Histogram | Bars;

/** Shares of the values in slots of equal width, on a scale that may be logarithmic. */
export interface Histogram {
  readonly kind: "histogram";
  /** The ends of the scale; where each slot holds points of a lattice, the first and last of them. */
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
  const labels = binLabels(bins);
  const all = labels
    .map((label, i) => ({
      label: i === labels.length - 2 && before[i] === 0 ? "new values" : label,
      before: before[i] ?? 0,
      now: now[i] ?? 0,
    }))
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
    low: grid.shown[0],
    high: grid.shown[1],
    logarithmic,
    before: spreadCells(bins, baseline, grid, scale),
    now: spreadCells(bins, window, grid, scale),
  };
}

interface Grid {
  readonly low: number;
  readonly high: number;
  /** The ends that are told: the first and last point, where the slots lie around points. */
  readonly shown: readonly [number, number];
  readonly slots: number;
}

/**
 * Values that lie on a lattice (whole numbers, tenths) get slots that hold the same number of its points each: else one
 * would hold two of them and its neighbour three.
 */
function gridOf({ edges }: NumericBins, low: number, high: number, logarithmic: boolean): Grid {
  const step = logarithmic ? undefined : latticeStep(edges);
  if (step === undefined) return { low, high, shown: [low, high], slots };
  const origin = edges[0] ?? 0;
  const first = origin + Math.round((low - origin) / step) * step;
  const points = Math.round((high - first) / step) + 1;
  const each = Math.ceil(points / slots);
  const count = Math.ceil(points / each);
  const end = first + (count * each - 1) * step;
  return { low: first - step / 2, high: end + step / 2, shown: [first, end], slots: count };
}

/** Points of a lattice at most, how far a value may lie off its point in steps, and for what part it must not. */
const [mostPoints, slack, enoughEven] = [1_000, 0.2, 0.8];

/** The distance of values that lie evenly; undefined where they do not, or there are so many that it does not show. */
function latticeStep(edges: Float64Array): number | undefined {
  const [first, last] = [edges[0], edges[edges.length - 1]];
  if (first === undefined || last === undefined || edges.length < 3 || edges.length > mostPoints) return undefined;
  const gaps = Array.from(edges.subarray(1), (edge, i) => edge - (edges[i] ?? 0)).sort((a, b) => a - b);
  const middle = gaps[Math.floor(gaps.length / 2)] ?? 0;
  const usual = gaps.filter((gap) => Math.abs(gap - middle) <= slack * middle);
  const step = usual.reduce((sum, gap) => sum + gap, 0) / usual.length;
  if (!(step > 0) || (last - first) / step > mostPoints) return undefined;
  // A decile may lie between two values and be an edge all the same.
  const even = gaps.filter((gap) => gap / step > slack && Math.abs(gap / step - Math.round(gap / step)) <= slack);
  return even.length >= enoughEven * gaps.length ? step : undefined;
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
