import { binOrderOf } from "../drift/bin-order.ts";
import { type BinSpread, binLaw, binLimit, binPValue } from "../drift/bin-spread.ts";
import { withSparseBins } from "../drift/sparse-bins.ts";
import type { DriftTest } from "../policy/policy.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../statistics/chi-square-survival.ts";
import { mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { totalVariationEstimateOfMerged } from "../statistics/total-variation-estimate.ts";
import { binStatistic } from "./bin-statistic.ts";
import type { GridFeature } from "./hourly-grid.ts";
import type { Deviations, DrawnHistory } from "./resampled-hours.ts";

/** What the replay of one feature needs besides its counts. */
export interface ReplaySettings {
  readonly spanHours: number;
  readonly everyHours: number;
  readonly tests: readonly DriftTest[];
  /** Design effect that the drawn windows have: the feature's own. */
  readonly effect: number;
  /**
   * How the bins of drawn windows vary together; as `effect` says where absent. They are merged as `effect` asks for all
   * the same, which leaves fewer of them than checks have: a p under no drift is as small as often.
   */
  readonly spread?: BinSpread | undefined;
  /** p values above this are not asked for. */
  readonly largestP: number;
  readonly floor: number;
  /** Whether the baseline is matched on the hour of the day: then the cycle of the day cancels. */
  readonly hourMatched: boolean;
  readonly period: number;
  /** Whether the hours were drawn as of so many rows as they are worth: then nothing lies between cells that depends. */
  readonly inEffectiveRows?: boolean;
}

/** A check at which a feature drifted or nearly did. */
export interface ReplayedP {
  readonly slot: number;
  readonly p: number;
}

/** What the supremum between k points of a Brownian path exceeds that over them, in √(1/k): Broadie, Glasserman, Kou. */
const betweenPoints = 0.5826;

/** The tail of a statistic on drawn windows: p = 5 % · exp(-(x - start) / slope). */
export interface FittedTail {
  readonly start: number;
  readonly slope: number;
}

export type FittedTails = Readonly<Partial<Record<DriftTest, FittedTail>>>;

/** Where a tail begins: nothing above is ever asked for. */
const tailShare = 0.05;

/**
 * p values of one feature at every check of a drawn history: the smallest of its tests, where it is at most `largestP`
 * and the estimate of the total variation reaches the floor.
 *
 * The deviations of the summed draws are divided by the root of their number: their covariances over hours, cells and
 * features stay as they are, and their sum comes near the normal distribution far out, where a few dozen blocks have
 * no windows to show.
 *
 * @param tails  how the statistics are distributed on such histories (`fitTails`); by their sizes when absent
 */
export function replayFeature(
  feature: GridFeature,
  deviations: Deviations,
  history: DrawnHistory,
  settings: ReplaySettings,
  tails: FittedTails = {},
): readonly ReplayedP[] {
  const found: ReplayedP[] = [];
  const windows = openWindows(feature, deviations, history, settings);
  const limits = settings.tests.map((test) => limitOf(test, windows, settings, tails[test]));
  for (let slot = 0; slot < windows.slots; slot += 1) {
    if (!windows.moveTo(slot)) continue;
    const p = Math.min(...limits.map(({ test, least, pOf }) => above(windows, test, least, pOf)));
    if (p > settings.largestP) continue;
    const now = mergeSparseBins(windows.before, windows.after, binOrderOf(feature));
    if (totalVariationEstimateOfMerged(now) >= settings.floor) found.push({ slot, p });
  }
  return found;
}

/**
 * Fits the tails of the tests' statistics on drawn histories: exponential from the 95th percentile on.
 *
 * Sums of draws from few blocks have as noisy a covariance as the blocks, so that a sum of squares over many bins spreads
 * more than chi-square. The test in force is taken to keep its level; what the replay is asked for is how its alarms fall
 * together, hence its own level is set right.
 */
export function fitTails(
  feature: GridFeature,
  deviations: Deviations,
  histories: readonly DrawnHistory[],
  settings: ReplaySettings,
): FittedTails {
  const seen = settings.tests.map((test) => ({ test, values: [] as number[] }));
  for (const history of histories) {
    const windows = openWindows(feature, deviations, history, settings);
    for (let slot = 0; slot < windows.slots; slot += 1)
      if (windows.moveTo(slot)) for (const { test, values } of seen) values.push(statisticOf(test, windows));
  }
  return Object.fromEntries(seen.flatMap(({ test, values }) => fitTail(test, values)));
}

function fitTail(test: DriftTest, values: readonly number[]): readonly (readonly [DriftTest, FittedTail])[] {
  const sorted = Float64Array.from(values).sort();
  const from = Math.floor(sorted.length * (1 - tailShare));
  const start = sorted[from];
  const excess = sorted.subarray(from + 1);
  if (start === undefined || excess.length === 0) return [];
  const slope = excess.reduce((sum, value) => sum + value - start, 0) / excess.length;
  return slope > 0 ? [[test, { start, slope }]] : [];
}

/** Running sums of rows and of rows above expectation, from hour 0 on. */
interface Path {
  readonly sums: Float64Array;
  readonly rows: Float64Array;
}

function livePath({ width }: GridFeature, from: Deviations, history: DrawnHistory, settings: ReplaySettings): Path {
  const hours = history.live.length / history.draws;
  const root = Math.sqrt(history.draws);
  const sums = new Float64Array((hours + 1) * width);
  const rows = new Float64Array(hours + 1);
  for (let hour = 0; hour < hours; hour += 1) {
    const here = from.rows[history.live[hour] ?? 0] ?? 0;
    rows[hour + 1] = (rows[hour] ?? 0) + here;
    const next = (hour + 1) * width;
    const phase = ((history.live[hour] ?? 0) % settings.period) * width;
    for (let cell = 0; cell < width; cell += 1)
      sums[next + cell] =
        (sums[next - width + cell] ?? 0) + (settings.hourMatched ? 0 : here * (from.season[phase + cell] ?? 0));
    for (let draw = 0; draw < history.draws; draw += 1) {
      const source = (history.live[draw * hours + hour] ?? 0) * width;
      for (let cell = 0; cell < width; cell += 1)
        sums[next + cell] = (sums[next + cell] ?? 0) + (from.residuals[source + cell] ?? 0) / root;
    }
  }
  return { sums, rows };
}

interface Reference {
  readonly shares: Float64Array;
  readonly rows: number;
}

/** The shares that a baseline drawn like the windows would have had. */
function baselineOf({ width }: GridFeature, from: Deviations, history: DrawnHistory): Reference {
  const sums = new Float64Array(width);
  for (const hour of history.baseline)
    for (let cell = 0; cell < width; cell += 1)
      sums[cell] = (sums[cell] ?? 0) + (from.residuals[hour * width + cell] ?? 0);
  const rows = from.total;
  const root = Math.sqrt(history.draws);
  return { shares: sums.map((sum, cell) => Math.max(0, (from.shares[cell] ?? 0) + sum / root / rows)), rows };
}

/** The windows of a history, one at a time, over bins merged once for windows of the mean size. */
interface Windows {
  readonly slots: number;
  readonly groups: number;
  /** The group of each bin. */
  readonly merged: readonly number[];
  readonly ordered: boolean;
  /** Of the baseline and of a mean window, all of them. */
  readonly rows: { readonly n: number; readonly m: number };
  /** Effective rows of the baseline and of the present window in the merged bins. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** Of the present window: √(nm / (n + m)) times the widest gap of the distributions. */
  widest(): number;
  /** false where the window has no rows. */
  moveTo(slot: number): boolean;
}

function openWindows(
  feature: GridFeature,
  deviations: Deviations,
  history: DrawnHistory,
  settings: ReplaySettings,
): Windows {
  const { width, binOf, ordered, onePoint } = feature;
  const { effect, spanHours, everyHours } = settings;
  const hours = history.live.length / history.draws;
  const path = livePath(feature, deviations, history, settings);
  const reference = baselineOf(feature, deviations, history);
  const meanRows = Math.max(1, ((path.rows[hours] ?? 0) / hours) * spanHours);
  const merged = mergedGroups(feature, reference, meanRows / effect, effect);
  const groupOf = Int32Array.from(binOf, (bin) => merged[bin] ?? 0);
  const groups = groupOf.reduce((most, group) => Math.max(most, group), 0) + 1;
  const n = reference.rows / effect;
  const [before, after] = [new Float64Array(groups), new Float64Array(groups)];
  for (const [cell, group] of groupOf.entries())
    before[group] = (before[group] ?? 0) + (reference.shares[cell] ?? 0) * n;
  const together = settings.inEffectiveRows === true ? 1 : effect;
  const inside = onePoint ? 0 : betweenPoints / Math.sqrt(Math.max(1, ordered) * together);
  let widest = 0;
  return {
    ...{ groups, merged, before, after, ordered: ordered > 0, rows: { n: reference.rows, m: meanRows } },
    slots: Math.max(0, Math.floor((hours - spanHours) / everyHours) + 1),
    widest: () => widest,
    moveTo(slot) {
      const [from, to] = [slot * everyHours, slot * everyHours + spanHours];
      const rows = (path.rows[to] ?? 0) - (path.rows[from] ?? 0);
      if (!(rows > 0)) return false;
      const m = rows / effect;
      after.fill(0);
      let [gap, most] = [0, 0];
      for (let cell = 0; cell < width; cell += 1) {
        const above = (path.sums[to * width + cell] ?? 0) - (path.sums[from * width + cell] ?? 0);
        const now = (deviations.shares[cell] ?? 0) + above / rows;
        const group = groupOf[cell] ?? 0;
        after[group] = (after[group] ?? 0) + now * m;
        if (cell >= ordered) continue;
        gap += now - (reference.shares[cell] ?? 0);
        if (Math.abs(gap) > most) most = Math.abs(gap);
      }
      for (let group = 0; group < groups; group += 1) after[group] = Math.max(0, after[group] ?? 0);
      const root = Math.sqrt((n * m) / (n + m));
      widest = (root + 0.12 + 0.11 / root) * most + inside;
      return true;
    },
  };
}

interface Limit {
  readonly test: DriftTest;
  /** Statistics below have a larger p than is asked for. */
  readonly least: number;
  readonly pOf: (statistic: number) => number;
}

function limitOf(test: DriftTest, windows: Windows, settings: ReplaySettings, tail: FittedTail | undefined): Limit {
  const { largestP, effect, spread } = settings;
  if (tail !== undefined) {
    const pOf = (x: number) => tailShare * Math.exp((tail.start - x) / tail.slope);
    return { test, pOf, least: tail.start + tail.slope * Math.log(tailShare / largestP) };
  }
  if (test === "ks")
    return { test, pOf: (x) => 2 * Math.exp(-2 * x * x), least: Math.sqrt(Math.log(2 / largestP) / 2) };
  const normal = spread === undefined ? undefined : binLaw(spread, windows.merged);
  const law =
    normal && spread && test === "chi_square" ? withSparseBins(normal, spread, windows.merged, windows.rows) : normal;
  if (law !== undefined) {
    // The counts are divided by the effect, the law is that of all rows.
    const pOf = (x: number) => binPValue(law, x * effect);
    return { test, pOf, least: binLimit(law, largestP) / effect };
  }
  const degrees = windows.groups - 1;
  const least = degrees > 0 ? chiSquareQuantile(largestP, degrees) : Number.POSITIVE_INFINITY;
  return { test, least, pOf: (x) => chiSquareSurvival(x, degrees) };
}

function above(windows: Windows, test: DriftTest, least: number, pOf: (statistic: number) => number): number {
  const statistic = statisticOf(test, windows);
  return statistic >= least ? pOf(statistic) : 1;
}

function statisticOf(test: DriftTest, windows: Windows): number {
  if (test === "ks") return windows.ordered ? windows.widest() : 0;
  return binStatistic(test, windows.before, windows.after);
}

function mergedGroups(
  feature: GridFeature,
  reference: Reference,
  windowSize: number,
  effect: number,
): readonly number[] {
  const counts = new Float64Array(feature.bins);
  for (let cell = 0; cell < feature.width; cell += 1) {
    const bin = feature.binOf[cell] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + ((reference.shares[cell] ?? 0) * reference.rows) / effect;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return Array.from(counts, () => 0);
  return mergeSparseBins(
    counts,
    counts.map((count) => (count / total) * windowSize),
    binOrderOf(feature),
  ).groups;
}
