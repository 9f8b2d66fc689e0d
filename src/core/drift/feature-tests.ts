import type { DriftTest } from "../policy/policy.ts";
import type { FeatureBins, FeatureCounts } from "../profile/bins.ts";
import { featureKsBounds } from "../profile/feature-ks-bounds.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { chiSquareTest } from "../statistics/chi-square-test.ts";
import { ksEffectiveRows } from "../statistics/ks-asymptotic-p.ts";
import { ksCriticalValue } from "../statistics/ks-critical-value.ts";
import { ksPValue } from "../statistics/ks-p-value.ts";
import type { MergedBins } from "../statistics/merge-sparse-bins.ts";
import { psiFromCounts } from "../statistics/psi-from-counts.ts";
import { psiPValue } from "../statistics/psi-p-value.ts";
import { total } from "../total.ts";
import { type BinLaw, type BinSpread, binLaw, binLimit, binPValue } from "./bin-spread.ts";
import type { Finding } from "./finding.ts";
import { withSparseBins } from "./sparse-bins.ts";

/** Both sides of one feature, ready for the tests. */
export interface FeaturePair {
  readonly bins: FeatureBins;
  readonly baseline: FeatureCounts;
  readonly window: FeatureCounts;
  /** Rows that stand for one independent row. */
  readonly effect: number;
  /** What psi and chi-square take, which sum over bins: the mean effect of these rules them, not that of the worst cut. */
  readonly summed: {
    /** Of as many rows as these are worth, sparse bins merged. */
    readonly merged: MergedBins;
    readonly effect: number;
    readonly spread: BinSpread | undefined;
  };
  readonly limits: TestLimits;
}

/** Limits that features share, each computed once. */
export interface TestLimits {
  /** Of KS, for these sizes: features that miss no values share it. */
  readonly ks: (n: number, m: number) => number;
  /** Of chi-square. */
  readonly chiSquare: (degrees: number) => number;
}

/** What a test found; its p is computed when it is asked for. */
export type Outcome = Pick<Finding, "statistic" | "lower" | "upper" | "limit" | "n" | "m"> & {
  readonly pValue: () => number | undefined;
};

/** Makes one test of one feature; undefined where it cannot be made, because a side has no value. */
export function testFeature(test: DriftTest, pair: FeaturePair, alpha: number): Outcome | undefined {
  return testers[test](pair, alpha);
}

/** The limits at a chance of a false alarm. */
export function rememberLimits(alpha: number): TestLimits {
  const [ofKs, ofChiSquare] = [new Map<number, number>(), new Map<number, number>()];
  return {
    ks: (n, m) => remembered(ofKs, ksEffectiveRows(n, m), () => ksCriticalValue(alpha, n, m)),
    chiSquare: (degrees) => remembered(ofChiSquare, degrees, () => chiSquareQuantile(alpha, degrees)),
  };
}

function remembered(known: Map<number, number>, key: number, make: () => number): number {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

const testers: Record<DriftTest, (pair: FeaturePair, alpha: number) => Outcome | undefined> = {
  psi: testPsi,
  ks: testKolmogorovSmirnov,
  chi_square: testChiSquare,
};

function testPsi({ summed: { merged, effect, spread }, limits }: FeaturePair, alpha: number): Outcome {
  const [n, m, bins] = [total(merged.baselineCounts), total(merged.windowCounts), merged.baselineCounts.length];
  const statistic = psiFromCounts(merged.baselineCounts, merged.windowCounts);
  const known = spread === undefined ? undefined : psiLaw(spread, merged.groups, alpha);
  const law = known?.law;
  // What the index of as many independent rows as there are would be divided by.
  const unit = (1 / n + 1 / m) / effect;
  const pValue = () => (law === undefined ? psiPValue(statistic, bins, n, m) : binPValue(law, statistic / unit));
  // Of independent rows as `psiLimit`.
  const independent = () => (bins === 1 ? undefined : (1 / n + 1 / m) * limits.chiSquare(bins - 1));
  const limit = known === undefined ? independent() : known.limit * unit;
  return { statistic, lower: statistic, upper: statistic, pValue, limit, n, m };
}

interface PsiLaw {
  readonly law: BinLaw;
  readonly limit: number;
}

/** By spread, then by groups and α: check after check of one calibrated baseline asks for the same few. */
const psiLaws = new WeakMap<BinSpread, Map<string, PsiLaw>>();

/** The law of PSI over groups of bins, with what PSI over its unit must reach; undefined with one group. */
function psiLaw(spread: BinSpread, groups: readonly number[], alpha: number): PsiLaw | undefined {
  const own = psiLaws.get(spread) ?? new Map<string, PsiLaw>();
  psiLaws.set(spread, own);
  const key = `${alpha} ${groups.join()}`;
  const known = own.get(key);
  if (known !== undefined) return known;
  const law = binLaw(spread, groups);
  if (law === undefined) return undefined;
  const made = { law, limit: binLimit(law, alpha) };
  if (own.size >= mostLaws) own.clear();
  own.set(key, made);
  return made;
}

/** Laws that are kept of one spread at most. */
const mostLaws = 64;

function testChiSquare({ summed: { merged, effect, spread }, limits }: FeaturePair, alpha: number): Outcome {
  const { statistic, degrees, pValue } = chiSquareTest(merged.baselineCounts, merged.windowCounts);
  const [n, m] = [total(merged.baselineCounts), total(merged.windowCounts)];
  const normal = spread === undefined || degrees === 0 ? undefined : binLaw(spread, merged.groups);
  const law = normal && spread && withSparseBins(normal, spread, merged.groups, { n: n * effect, m: m * effect });
  const independent = degrees === 0 ? undefined : limits.chiSquare(degrees);
  return {
    statistic,
    lower: statistic,
    upper: statistic,
    pValue: () => (law === undefined ? pValue : binPValue(law, statistic * effect)),
    limit: law === undefined ? independent : binLimit(law, alpha) / effect,
    n,
    m,
  };
}

function testKolmogorovSmirnov({ bins, baseline, window, effect, limits }: FeaturePair): Outcome | undefined {
  if (bins.kind !== "numeric") return undefined;
  const [n, m] = [total(baseline.cells) / effect, total(window.cells) / effect];
  if (n === 0 || m === 0) return undefined;
  const bounds = featureKsBounds({ bins, counts: baseline }, window);
  if (bounds === undefined) return undefined;
  const { lower, upper } = bounds;
  return { statistic: lower, lower, upper, pValue: () => ksPValue(lower, n, m), limit: limits.ks(n, m), n, m };
}
