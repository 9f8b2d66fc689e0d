import type { DriftTest } from "../policy/policy.ts";
import { binCounts, binLabels } from "../profile/bin-counts.ts";
import type { Counts, FeatureBins, FeatureCounts, Profile } from "../profile/bins.ts";
import { holm } from "../statistics/holm.ts";
import { ksPValue } from "../statistics/ks-p-value.ts";
import { type BinOrder, type MergedBins, mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { totalVariation } from "../statistics/total-variation.ts";
import { totalVariationEstimateOfMerged } from "../statistics/total-variation-estimate.ts";
import { totalVariationLowerBoundOfMerged } from "../statistics/total-variation-lower-bound.ts";
import { total } from "../total.ts";
import { binOrderOf } from "./bin-order.ts";
import { type BinSpread, rowsAsOne } from "./bin-spread.ts";
import { describeDirection } from "./direction.ts";
import { type FeaturePair, type Outcome, rememberLimits, type TestLimits, testFeature } from "./feature-tests.ts";
import type { Finding, TestVerdict } from "./finding.ts";

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

/** Both sides of one feature: as they were counted, and as many rows as these are worth. */
interface Pair extends FeaturePair {
  readonly raw: Sides;
  readonly thinned: Sides;
  /** The thinned ones, sparse bins merged: what has moved is measured over these. */
  readonly merged: MergedBins;
}

interface Sides {
  readonly baseline: Float64Array;
  readonly window: Float64Array;
}

interface Tested {
  readonly test: DriftTest;
  readonly outcome: Outcome;
}

/** Tests a window's counts against the baseline: `compare`, or `compareForVerdict` where nobody reads the findings. */
export type Compare<Found extends TestVerdict> = (
  profile: Profile,
  window: Counts,
  options: CompareOptions,
) => readonly Found[];

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
  return pairsOf(profile, window, options).flatMap((pair) => findingsOf(pair, options));
}

/**
 * As `compare`, to the bit, for whom only the verdict counts, in a fraction of its time: without p, and with what has
 * moved only where a test may have reached its limit.
 *
 * @throws InvalidInput when the counts do not belong to the profile's bins
 */
export function compareForVerdict(profile: Profile, window: Counts, options: CompareOptions): readonly TestVerdict[] {
  return pairsOf(profile, window, options).flatMap((pair) => verdictsOf(pair, options));
}

/** Whether the bounds of a finding do not tell if it reached its limit: the exact statistic is needed. */
export function undecided(finding: Pick<Finding, "lower" | "upper" | "limit">): boolean {
  return finding.limit !== undefined && finding.lower < finding.limit && finding.upper >= finding.limit;
}

/** A KS finding with its exact distance in place of the bounds; one without p stays so. */
export function withExact<Found extends TestVerdict>(finding: Found, statistic: number, floor: number): Found {
  const { n, m } = finding.effective ?? finding;
  const pValue = finding.pValue === undefined ? undefined : ksPValue(statistic, n, m);
  const exact = { ...finding, statistic, lower: statistic, upper: statistic, pValue };
  return { ...exact, drifted: reaches(exact) && movedEnough(finding, floor) };
}

/** Whether so many rows have moved, by the estimate, that a drift is worth telling. */
export function movedEnough({ movedEstimate, movedAtLeast = 0 }: Moved, floor: number): boolean {
  return (movedEstimate ?? movedAtLeast) >= floor;
}

type Moved = Partial<Pick<Finding, "movedAtLeast" | "movedEstimate">>;

/**
 * The findings of one check together, each with its p corrected by Holm over all tests that can alarm. Findings of
 * observed features are no part of that family and keep their own p alone.
 */
export function correctTogether<Found extends TestVerdict>(findings: readonly Found[]): readonly Found[] {
  const family = (finding: Found) => (finding.observed === true ? undefined : finding.pValue);
  const tested = findings.flatMap((finding) => family(finding) ?? []);
  const corrected = tested.length === 0 ? [] : holm(tested);
  let next = 0;
  return findings.map((finding) =>
    family(finding) === undefined ? finding : { ...finding, pCorrected: corrected[next++] },
  );
}

function pairsOf(profile: Profile, window: Counts, options: CompareOptions): readonly Pair[] {
  const limits = rememberLimits(options.alphaPerTest);
  return profile.bins.flatMap((bins, index) => {
    const [baseline, live] = [profile.counts.features[index], window.features[index]];
    if (baseline === undefined || live === undefined || options.only?.has(bins.name) === false) return [];
    return pairOf(bins, baseline, live, options, limits) ?? [];
  });
}

function pairOf(
  bins: FeatureBins,
  baseline: FeatureCounts,
  window: FeatureCounts,
  options: CompareOptions,
  limits: TestLimits,
): Pair | undefined {
  const raw = { baseline: binCounts(bins, baseline), window: binCounts(bins, window) };
  if (total(raw.baseline) === 0 || total(raw.window) === 0) return undefined;
  const effect = effectOn(bins.name, options);
  const thinned = thin(raw, effect);
  const merged = mergeSparseBins(thinned.baseline, thinned.window, binOrderOf(bins));
  const spread = spreadOf(bins.name, raw.baseline.length, options);
  const mean = spread === undefined ? effect : rowsAsOne(spread);
  const summed = { merged: mean === effect ? merged : mergeThinned(raw, mean, binOrderOf(bins)), effect: mean, spread };
  return { bins, baseline, window, raw, thinned, merged, effect, summed, limits };
}

function thin({ baseline, window }: Sides, effect: number): Sides {
  if (effect === 1) return { baseline, window };
  return { baseline: baseline.map((count) => count / effect), window: window.map((count) => count / effect) };
}

function mergeThinned(raw: Sides, effect: number, order: BinOrder): MergedBins {
  const { baseline, window } = thin(raw, effect);
  return mergeSparseBins(baseline, window, order);
}

function testsOf(pair: Pair, { tests, alphaPerTest }: CompareOptions): readonly Tested[] {
  return tests[pair.bins.kind].flatMap((test) => {
    const outcome = testFeature(test, pair, alphaPerTest);
    return outcome === undefined ? [] : { test, outcome };
  });
}

/** The verdicts on one feature. How much has moved is only asked where it can matter. */
function verdictsOf(pair: Pair, options: CompareOptions): readonly TestVerdict[] {
  const tested = testsOf(pair, options);
  const near = tested.some(({ outcome }) => mayReach(outcome));
  const moved = near ? { movedEstimate: totalVariationEstimateOfMerged(pair.merged) } : {};
  const shared = { ...moved, ...standing(pair, options) };
  // Field by field: this is made some hundred times a check, and objects that are spread into others take longer.
  return tested.map(({ test, outcome }) => {
    const { n, m, effective } = rowsOf(pair, test, outcome);
    return {
      ...(effective === undefined ? shared : { ...shared, effective }),
      feature: pair.bins.name,
      segment: options.segment,
      test,
      statistic: outcome.statistic,
      lower: outcome.lower,
      upper: outcome.upper,
      pValue: undefined,
      pCorrected: undefined,
      limit: outcome.limit,
      n,
      m,
      drifted: reaches(outcome) && movedEnough(moved, options.floor),
    };
  });
}

/** The findings of one feature: its tests share the measure of how much has moved, and the sentence about where. */
function findingsOf(pair: Pair, options: CompareOptions): readonly Finding[] {
  const { bins, raw, thinned, merged } = pair;
  const movedAtLeast = totalVariationLowerBoundOfMerged(merged, confidenceOfLowerEnd);
  const moved = totalVariation(thinned.baseline, thinned.window);
  const movedEstimate = totalVariationEstimateOfMerged(merged);
  const enough = movedEnough({ movedEstimate, movedAtLeast }, options.floor);
  const evidence = {
    kind: bins.kind,
    labels: binLabels(bins),
    baseline: [...raw.baseline],
    window: [...raw.window],
  };
  const tested = testsOf(pair, options);
  // Chance alone may move more than the floor: what it moved is not told as if it were news.
  const clear = movedAtLeast > 0 || tested.some(({ outcome }) => mayReach(outcome));
  const direction = enough && clear ? describeDirection(bins, pair.baseline, pair.window) : undefined;
  const shared = standing(pair, options);
  return tested.map(({ test, outcome }) => {
    const { n, m, effective } = rowsOf(pair, test, outcome);
    return {
      ...(effective === undefined ? shared : { ...shared, effective }),
      feature: bins.name,
      segment: options.segment,
      test,
      moved,
      movedAtLeast,
      movedEstimate,
      direction,
      evidence,
      statistic: outcome.statistic,
      lower: outcome.lower,
      upper: outcome.upper,
      pValue: outcome.pValue(),
      pCorrected: undefined,
      limit: outcome.limit,
      n,
      m,
      drifted: reaches(outcome) && enough,
    };
  });
}

/** The rows that the test used, and as how many independent ones they count where fewer. */
function rowsOf(pair: Pair, test: DriftTest, { n, m }: Outcome): Pick<Finding, "n" | "m" | "effective"> {
  const effect = test === "ks" ? pair.effect : pair.summed.effect;
  if (effect === 1 && Number.isInteger(n)) return { n, m };
  return { n: Math.round(n * effect), m: Math.round(m * effect), effective: { n, m } };
}

/** What becomes of a finding, whatever it says: only shown, or only told. */
function standing(
  { bins }: Pair,
  { observed, provisional }: CompareOptions,
): Pick<Finding, "observed" | "provisional"> {
  return {
    ...(observed?.has(bins.name) === true ? { observed: true as const } : {}),
    ...(provisional === true ? { provisional: true as const } : {}),
  };
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
