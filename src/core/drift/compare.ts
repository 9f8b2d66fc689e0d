import type { DriftTest } from "../policy/policy.ts";
import { binCounts, binLabels } from "../profile/bin-counts.ts";
import type { Counts, FeatureBins, FeatureCounts, Profile } from "../profile/bins.ts";
import { featureKsBounds } from "../profile/feature-ks-bounds.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { chiSquareTest } from "../statistics/chi-square-test.ts";
import { holm } from "../statistics/holm.ts";
import { ksEffectiveRows } from "../statistics/ks-asymptotic-p.ts";
import { ksCriticalValue } from "../statistics/ks-critical-value.ts";
import { ksPValue } from "../statistics/ks-p-value.ts";
import { mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { psiFromCounts } from "../statistics/psi-from-counts.ts";
import { psiLimit } from "../statistics/psi-limit.ts";
import { psiPValue } from "../statistics/psi-p-value.ts";
import { totalVariation } from "../statistics/total-variation.ts";
import { totalVariationEstimate } from "../statistics/total-variation-estimate.ts";
import { totalVariationLowerBound } from "../statistics/total-variation-lower-bound.ts";
import { total } from "../total.ts";
import { type BinSpread, binLaw, binLimit, binPValue, rowsAsOne } from "./bin-spread.ts";
import { describeDirection } from "./direction.ts";
import type { Finding } from "./finding.ts";

export interface CompareOptions {
  /** Tests by the kind of a feature. */
  readonly tests: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
  /** Chance of a false alarm that one test may have: α of the check over the number of watched tests. */
  readonly alphaPerTest: number;
  /** Share of rows that must have moved, at least. */
  readonly floor: number;
  /** '' is the whole. */
  readonly segment: string;
  /** Features to look at; all when absent. */
  readonly only?: ReadonlySet<string>;
  /** Features whose findings are shown and never alarm; `alphaPerTest` is spread over the others. */
  readonly observed?: ReadonlySet<string>;
  /** How many rows of a feature stand for one independent row, at least 1; 1 where absent. */
  readonly designEffects?: Readonly<Record<string, number>>;
  /** How the bins of a feature vary together, where it was measured: psi and chi-square have their limits from it. */
  readonly spreads?: Readonly<Record<string, BinSpread>>;
  /** Whether the limits rest on too little of the baseline. */
  readonly provisional?: boolean;
}

/** Both sides of one feature, ready for the tests. */
interface Pair {
  readonly bins: FeatureBins;
  readonly baseline: FeatureCounts;
  readonly window: FeatureCounts;
  readonly binned: { readonly baseline: Float64Array; readonly window: Float64Array };
  readonly effect: number;
  /** What psi and chi-square take, which sum over bins: the mean effect of these rules them, not that of the worst cut. */
  readonly summed: Summed;
  /** The limit of KS for these sizes: features that miss no values share it. */
  readonly ksLimit: (n: number, m: number) => number;
}

interface Summed {
  readonly baseline: Float64Array;
  readonly window: Float64Array;
  readonly effect: number;
  readonly spread: BinSpread | undefined;
}

type Outcome = Pick<Finding, "statistic" | "lower" | "upper" | "pValue" | "limit" | "n" | "m">;

/** Both ends of a two-sided 95 % interval leave 2.5 % out. */
const confidenceOfLowerEnd = 0.975;

/**
 * Tests a window's counts against the baseline that they were binned with.
 *
 * A test that cannot be made (no value on one side) gives no finding: that is for `findQuality` to say. KS comes with
 * certified bounds; `undecided` tells whether they settle its verdict.
 *
 * @throws InvalidInput when the counts do not belong to the profile's bins
 */
export function compare(profile: Profile, window: Counts, options: CompareOptions): readonly Finding[] {
  const ksLimit = rememberKsLimits(options.alphaPerTest);
  return profile.bins.flatMap((bins, index) => {
    const [baseline, live] = [profile.counts.features[index], window.features[index]];
    if (baseline === undefined || live === undefined || options.only?.has(bins.name) === false) return [];
    const raw = { baseline: binCounts(bins, baseline), window: binCounts(bins, live) };
    if (total(raw.baseline) === 0 || total(raw.window) === 0) return [];
    const effect = effectOn(bins.name, options);
    const binned = thin(raw, effect);
    const spread = spreadOf(bins.name, binned.baseline.length, options);
    const mean = spread === undefined ? effect : rowsAsOne(spread);
    const summed = { ...(spread === undefined ? binned : thin(raw, mean)), effect: mean, spread };
    return findFor({ bins, baseline, window: live, binned, effect, summed, ksLimit }, raw, options);
  });
}

/** Whether the bounds of a finding do not tell if it reached its limit: the exact statistic is needed. */
export function undecided(finding: Finding): boolean {
  return finding.limit !== undefined && finding.lower < finding.limit && finding.upper >= finding.limit;
}

/** A KS finding with its exact distance in place of the bounds. */
export function withExact(finding: Finding, statistic: number, floor: number): Finding {
  const { n, m } = finding.effective ?? finding;
  const pValue = ksPValue(statistic, n, m);
  const exact = { ...finding, statistic, lower: statistic, upper: statistic, pValue };
  return { ...exact, drifted: reaches(exact) && movedEnough(finding, floor) };
}

/** Whether so many rows have moved, by the estimate, that a drift is worth telling. */
export function movedEnough({ movedEstimate, movedAtLeast }: Moved, floor: number): boolean {
  return (movedEstimate ?? movedAtLeast) >= floor;
}

type Moved = Pick<Finding, "movedAtLeast" | "movedEstimate">;

/**
 * The findings of one check together, each with its p corrected by Holm over all tests that can alarm. Findings of
 * observed features are no part of that family and keep their own p alone.
 */
export function correctTogether(findings: readonly Finding[]): readonly Finding[] {
  const family = (finding: Finding) => (finding.observed === true ? undefined : finding.pValue);
  const tested = findings.flatMap((finding) => family(finding) ?? []);
  const corrected = tested.length === 0 ? [] : holm(tested);
  let next = 0;
  return findings.map((finding) =>
    family(finding) === undefined ? finding : { ...finding, pCorrected: corrected[next++] },
  );
}

function thin({ baseline, window }: Pair["binned"], effect: number): Pair["binned"] {
  if (effect === 1) return { baseline, window };
  return { baseline: baseline.map((count) => count / effect), window: window.map((count) => count / effect) };
}

/** The findings of one feature: its tests share the measure of how much has moved, and the sentence about where. */
function findFor(pair: Pair, raw: Pair["binned"], options: CompareOptions): readonly Finding[] {
  const { bins, binned } = pair;
  const [baseline, window] = [binned.baseline, binned.window];
  const movedAtLeast = totalVariationLowerBound(baseline, window, confidenceOfLowerEnd);
  const moved = totalVariation(baseline, window);
  const movedEstimate = totalVariationEstimate(baseline, window);
  const enough = movedEnough({ movedEstimate, movedAtLeast }, options.floor);
  const evidence = {
    kind: bins.kind,
    labels: binLabels(bins),
    baseline: [...raw.baseline],
    window: [...raw.window],
  };
  const tested = options.tests[bins.kind].flatMap((test) => {
    const outcome = testers[test](pair, options.alphaPerTest);
    return outcome === undefined ? [] : [{ test, outcome }];
  });
  // Chance alone may move more than the floor: what it moved is not told as if it were news.
  const clear = movedAtLeast > 0 || tested.some(({ outcome }) => mayReach(outcome));
  const direction = enough && clear ? describeDirection(bins, pair.baseline, pair.window) : undefined;
  const amounts = { moved, movedAtLeast, movedEstimate, direction };
  return tested.map(({ test, outcome }) => {
    const drifted = reaches(outcome) && enough;
    const shared = { feature: bins.name, segment: options.segment, test, ...amounts, evidence };
    const role = options.observed?.has(bins.name) === true ? { observed: true as const } : {};
    const trust = options.provisional === true ? { provisional: true as const } : {};
    const effect = test === "ks" ? pair.effect : pair.summed.effect;
    const rows = { n: Math.round(outcome.n * effect), m: Math.round(outcome.m * effect) };
    const sizes =
      effect === 1 && Number.isInteger(outcome.n) ? {} : { ...rows, effective: { n: outcome.n, m: outcome.m } };
    return { ...shared, ...outcome, ...sizes, ...role, ...trust, pCorrected: undefined, drifted };
  });
}

function effectOn(feature: string, { designEffects }: CompareOptions): number {
  const effect = designEffects !== undefined && Object.hasOwn(designEffects, feature) ? designEffects[feature] : 1;
  return Math.max(1, effect ?? 1);
}

function spreadOf(feature: string, bins: number, { spreads }: CompareOptions): BinSpread | undefined {
  const spread = spreads !== undefined && Object.hasOwn(spreads, feature) ? spreads[feature] : undefined;
  return spread?.shares.length === bins ? spread : undefined;
}

function reaches(outcome: Pick<Finding, "statistic" | "limit">): boolean {
  return outcome.limit !== undefined && outcome.statistic >= outcome.limit;
}

/** Whether the statistic reaches its limit as far as its bounds tell. */
function mayReach({ upper, limit }: Pick<Finding, "upper" | "limit">): boolean {
  return limit !== undefined && upper >= limit;
}

function rememberKsLimits(alpha: number): Pair["ksLimit"] {
  const known = new Map<number, number>();
  return (n, m) => {
    const rows = ksEffectiveRows(n, m);
    const limit = known.get(rows) ?? ksCriticalValue(alpha, n, m);
    known.set(rows, limit);
    return limit;
  };
}

const testers: Record<DriftTest, (pair: Pair, alpha: number) => Outcome | undefined> = {
  psi: testPsi,
  ks: testKolmogorovSmirnov,
  chi_square: testChiSquare,
};

function testPsi({ summed: { baseline, window, effect, spread } }: Pair, alpha: number): Outcome {
  const merged = mergeSparseBins(baseline, window);
  const [n, m, bins] = [total(merged.baselineCounts), total(merged.windowCounts), merged.baselineCounts.length];
  const statistic = psiFromCounts(merged.baselineCounts, merged.windowCounts);
  const law = spread === undefined ? undefined : binLaw(spread, merged.groups);
  // What the index of as many independent rows as there are would be divided by.
  const unit = (1 / n + 1 / m) / effect;
  const judged =
    law === undefined
      ? { pValue: psiPValue(statistic, bins, n, m), limit: psiLimit(alpha, bins, n, m) }
      : { pValue: binPValue(law, statistic / unit), limit: binLimit(law, alpha) * unit };
  return { ...exactly(statistic), ...judged, n, m };
}

function testChiSquare({ summed: { baseline, window, effect, spread } }: Pair, alpha: number): Outcome {
  const merged = mergeSparseBins(baseline, window);
  const { statistic, degrees, pValue } = chiSquareTest(merged.baselineCounts, merged.windowCounts);
  const law = spread === undefined || degrees === 0 ? undefined : binLaw(spread, merged.groups);
  const judged =
    law === undefined
      ? { pValue, limit: degrees === 0 ? undefined : chiSquareQuantile(alpha, degrees) }
      : { pValue: binPValue(law, statistic * effect), limit: binLimit(law, alpha) / effect };
  return { ...exactly(statistic), ...judged, n: total(merged.baselineCounts), m: total(merged.windowCounts) };
}

function testKolmogorovSmirnov({ bins, baseline, window, effect, ksLimit }: Pair): Outcome | undefined {
  if (bins.kind !== "numeric") return undefined;
  const [n, m] = [total(baseline.cells) / effect, total(window.cells) / effect];
  if (n === 0 || m === 0) return undefined;
  const bounds = featureKsBounds({ bins, counts: baseline }, window);
  if (bounds === undefined) return undefined;
  const { lower, upper } = bounds;
  return { statistic: lower, lower, upper, pValue: ksPValue(lower, n, m), limit: ksLimit(n, m), n, m };
}

function exactly(statistic: number): Pick<Outcome, "statistic" | "lower" | "upper"> {
  return { statistic, lower: statistic, upper: statistic };
}
