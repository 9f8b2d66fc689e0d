import { type DesignEffects, inflateFor } from "../../src/core/calibration/design-effects.ts";
import { type BinSpread, binLaw, binLimit, rowsAsOne } from "../../src/core/drift/bin-spread.ts";
import { withSparseBins } from "../../src/core/drift/sparse-bins.ts";
import { chiSquareQuantile } from "../../src/core/statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../../src/core/statistics/chi-square-survival.ts";
import { mergeSparseBins } from "../../src/core/statistics/merge-sparse-bins.ts";
import { psiFromCounts } from "../../src/core/statistics/psi-from-counts.ts";
import { totalVariationEstimate } from "../../src/core/statistics/total-variation-estimate.ts";
import type { SimulatedFeature } from "./features.ts";

/** A baseline as the judges see it. */
export interface Reference {
  readonly features: readonly SimulatedFeature[];
  /** Counts of each feature over its fine cells. */
  readonly cells: readonly Float64Array[];
  /** For the rule mean ± 3 sd: mean and spread of the window-long blocks' means. */
  readonly means: readonly { readonly centre: number; readonly spread: number }[];
}

export interface Calibrated {
  readonly alphaPerTest: number;
  readonly floor: number;
  /** Enlarged design effect of each feature. */
  readonly effects: readonly number[];
  /** Mean effect over the bins of each feature. */
  readonly means: readonly number[];
  /** How the bins of each feature vary together. */
  readonly spreads: readonly (BinSpread | undefined)[];
  /** Limits of each feature's sums over bins by the bins' groups, filled as they are asked for. */
  readonly limits: readonly Map<string, number>[];
}

export function calibrated(
  features: readonly SimulatedFeature[],
  effects: DesignEffects,
  alphaPerTest: number,
  floor: number,
): Calibrated {
  const spreads = features.map(({ name }) => effects.byFeature[name]?.spread);
  const inflated = features.map(({ name }) =>
    inflateFor(effects.byFeature[name] ?? { value: 1, degrees: 1e9 }, alphaPerTest),
  );
  return {
    ...{ alphaPerTest, floor, limits: features.map(() => new Map()) },
    ...{ spreads, effects: inflated },
    means: spreads.map((spread, i) => (spread === undefined ? (inflated[i] ?? 1) : rowsAsOne(spread))),
  };
}

function binned({ binOf, bins }: SimulatedFeature, cells: Float64Array): Float64Array {
  const counts = new Float64Array(bins);
  for (let cell = 0; cell < cells.length; cell += 1) {
    const bin = binOf[cell] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + (cells[cell] ?? 0);
  }
  return counts;
}

/** Supremum of the difference of distributions over all values: between cells it is a little more than at their ends. */
function ksDistance(feature: SimulatedFeature, before: Float64Array, after: Float64Array): number {
  const [n, m] = [total(before), total(after)];
  let [gap, widest] = [0, 0];
  for (let cell = 0; cell < before.length; cell += 1) {
    gap += (before[cell] ?? 0) / n - (after[cell] ?? 0) / m;
    widest = Math.max(widest, Math.abs(gap));
  }
  return widest + (feature.onePoint ? 0 : 0.5826 * Math.sqrt((1 / n + 1 / m) / before.length));
}

function ksP(distance: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  return Math.min(1, 2 * Math.exp(-2 * ((root + 0.12 + 0.11 / root) * distance) ** 2));
}

/** What Driftward says of one feature. */
export interface Verdict {
  /** A test reached its limit. */
  readonly significant: boolean;
  /** And the estimate of the total variation reaches the floor. */
  readonly drifted: boolean;
}

const quiet: Verdict = { significant: false, drifted: false };

/** Driftward's answer for one feature: as `compare`, with the large-sample p of KS in place of the exact one. */
export function judgeFeature(judge: Calibrated, reference: Reference, index: number, window: Float64Array): Verdict {
  const feature = reference.features[index];
  const cells = reference.cells[index];
  if (feature === undefined || cells === undefined) return quiet;
  const effect = judge.effects[index] ?? 1;
  const before = binned(feature, cells).map((count) => count / effect);
  const after = binned(feature, window).map((count) => count / effect);
  const [n, m] = [total(before), total(after)];
  if (m === 0) return quiet;
  const significant =
    binTestsReach(judge, index, feature, { before: cells, after: window }) ||
    (feature.kind === "numeric" && ksP(ksDistance(feature, cells, window), n, m) <= judge.alphaPerTest);
  if (!significant) return quiet;
  return { significant, drifted: totalVariationEstimate(before, after) >= judge.floor };
}

function binTestsReach(
  judge: Calibrated,
  index: number,
  feature: SimulatedFeature,
  cells: { readonly before: Float64Array; readonly after: Float64Array },
): boolean {
  const effect = judge.means[index] ?? 1;
  const thin = (counts: Float64Array) => binned(feature, counts).map((count) => count / effect);
  const order = feature.kind === "categorical" ? "nominal" : "ordered";
  const merged = mergeSparseBins(thin(cells.before), thin(cells.after), order);
  if (merged.baselineCounts.length < 2) return false;
  const [b, w] = [merged.baselineCounts, merged.windowCounts];
  const rows = { n: total(b) * effect, m: total(w) * effect };
  const limitOf = (test: "psi" | "chi_square") => {
    const key = `${test} ${merged.groups.join(" ")}`;
    const limit =
      judge.limits[index]?.get(key) ?? binLimitOf(judge, index, merged.groups, test === "psi" ? undefined : rows);
    judge.limits[index]?.set(key, limit);
    return limit;
  };
  const psi = psiFromCounts(b, w) / (1 / total(b) + 1 / total(w));
  return psi >= limitOf("psi") || (feature.kind === "categorical" && chiSquare(b, w) >= limitOf("chi_square"));
}

/** On counts that were divided by the mean effect of the bins; of chi-square where the rows are given: windows have as many. */
function binLimitOf(
  { alphaPerTest, means, spreads }: Calibrated,
  index: number,
  groups: readonly number[],
  rows: { readonly n: number; readonly m: number } | undefined,
): number {
  const spread = spreads[index];
  // The missing values, which simulated features do not have, are the last bin of a grid.
  const withMissing = [...groups, 0];
  const normal = spread === undefined ? undefined : binLaw(spread, withMissing);
  const law = normal && spread && rows ? withSparseBins(normal, spread, withMissing, rows) : normal;
  if (law === undefined) return chiSquareQuantile(alphaPerTest, Math.max(1, ...groups));
  return binLimit(law, alphaPerTest) / (means[index] ?? 1);
}

function chiSquare(before: ArrayLike<number>, after: ArrayLike<number>): number {
  const [n, m] = [total(before), total(after)];
  let sum = 0;
  for (let i = 0; i < before.length; i += 1) {
    const [b, w] = [before[i] ?? 0, after[i] ?? 0];
    if (b + w > 0) sum += (w / m - b / n) ** 2 / ((b + w) / (n + m));
  }
  return sum / (1 / n + 1 / m);
}

/** Scores of the field's usual rules for one window; a rule alarms when its score reaches its limit. */
export interface NaiveScores {
  readonly psi: number;
  readonly psiNumeric: number;
  /** 1 - the smallest p. */
  readonly p: number;
  /** Share of columns with p < 0.05. */
  readonly share: number;
  /** Largest distance of a mean from the baseline's, in standard deviations of the blocks' means. */
  readonly mean: number;
}

export const naiveRules: readonly {
  readonly name: string;
  readonly score: keyof NaiveScores;
  readonly limit: number;
}[] = [
  { name: "PSI > 0.2", score: "psi", limit: 0.2 },
  { name: "PSI > 0.1, numeric", score: "psiNumeric", limit: 0.1 },
  { name: "KS or chi-square p < 0.05", score: "p", limit: -Math.log(0.05) },
  { name: "share of columns >= 0.5", score: "share", limit: 0.5 },
  { name: "mean ± 3 sd", score: "mean", limit: 3 },
];

export function naiveScores(reference: Reference, window: readonly Float64Array[]): NaiveScores {
  let [psi, psiNumeric, p, small, mean] = [0, 0, 0, 0, 0];
  for (const [i, feature] of reference.features.entries()) {
    const [cells, live] = [reference.cells[i], window[i]];
    if (cells === undefined || live === undefined) continue;
    const [b, w] = [binned(feature, cells), binned(feature, live)];
    const own = psiFromCounts(b, w);
    psi = Math.max(psi, own);
    if (feature.kind === "numeric") psiNumeric = Math.max(psiNumeric, own);
    const ownP =
      feature.kind === "numeric"
        ? ksP(ksDistance(feature, cells, live), total(cells), total(live))
        : chiSquareSurvival(chiSquare([...b], [...w]), Math.max(1, occupied(b, w) - 1));
    p = Math.max(p, -Math.log(Math.max(1e-300, ownP)));
    if (ownP < 0.05) small += 1;
    const block = reference.means[i];
    if (feature.values !== undefined && block !== undefined && block.spread > 0)
      mean = Math.max(mean, Math.abs(meanOf(feature, live) - block.centre) / block.spread);
  }
  return { psi, psiNumeric, p, share: small / reference.features.length, mean };
}

function occupied(b: Float64Array, w: Float64Array): number {
  return b.reduce((sum, count, i) => sum + Number(count + (w[i] ?? 0) > 0), 0);
}

export function meanOf({ values }: SimulatedFeature, cells: Float64Array): number {
  let [sum, rows] = [0, 0];
  for (let cell = 0; cell < cells.length; cell += 1) {
    sum += (cells[cell] ?? 0) * (values?.[cell] ?? 0);
    rows += cells[cell] ?? 0;
  }
  return rows === 0 ? 0 : sum / rows;
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0;
  return sum;
}
