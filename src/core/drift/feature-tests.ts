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
import { psiLimit } from "../statistics/psi-limit.ts";
import { psiPValue } from "../statistics/psi-p-value.ts";
import { total } from "../total.ts";
import { type BinSpread, binLaw, binLimit, binPValue } from "./bin-spread.ts";
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
  /** The limit of KS for these sizes: features that miss no values share it. */
  readonly ksLimit: (n: number, m: number) => number;
}

/** What a test found; its p is computed when it is asked for. */
export type Outcome = Pick<Finding, "statistic" | "lower" | "upper" | "limit" | "n" | "m"> & {
  readonly pValue: () => number | undefined;
};

/** Makes one test of one feature; undefined where it cannot be made, because a side has no value. */
export function testFeature(test: DriftTest, pair: FeaturePair, alpha: number): Outcome | undefined {
  return testers[test](pair, alpha);
}

/** Limits of KS at a chance of a false alarm, each computed once for as many rows. */
export function rememberKsLimits(alpha: number): FeaturePair["ksLimit"] {
  const known = new Map<number, number>();
  return (n, m) => {
    const rows = ksEffectiveRows(n, m);
    const limit = known.get(rows) ?? ksCriticalValue(alpha, n, m);
    known.set(rows, limit);
    return limit;
  };
}

const testers: Record<DriftTest, (pair: FeaturePair, alpha: number) => Outcome | undefined> = {
  psi: testPsi,
  ks: testKolmogorovSmirnov,
  chi_square: testChiSquare,
};

function testPsi({ summed: { merged, effect, spread } }: FeaturePair, alpha: number): Outcome {
  const [n, m, bins] = [total(merged.baselineCounts), total(merged.windowCounts), merged.baselineCounts.length];
  const statistic = psiFromCounts(merged.baselineCounts, merged.windowCounts);
  const law = spread === undefined ? undefined : binLaw(spread, merged.groups);
  // What the index of as many independent rows as there are would be divided by.
  const unit = (1 / n + 1 / m) / effect;
  const pValue = () => (law === undefined ? psiPValue(statistic, bins, n, m) : binPValue(law, statistic / unit));
  const limit = law === undefined ? psiLimit(alpha, bins, n, m) : binLimit(law, alpha) * unit;
  return { ...exactly(statistic), pValue, limit, n, m };
}

function testChiSquare({ summed: { merged, effect, spread } }: FeaturePair, alpha: number): Outcome {
  const { statistic, degrees, pValue } = chiSquareTest(merged.baselineCounts, merged.windowCounts);
  const [n, m] = [total(merged.baselineCounts), total(merged.windowCounts)];
  const normal = spread === undefined || degrees === 0 ? undefined : binLaw(spread, merged.groups);
  const law = normal && spread && withSparseBins(normal, spread, merged.groups, { n: n * effect, m: m * effect });
  const independent = degrees === 0 ? undefined : chiSquareQuantile(alpha, degrees);
  return {
    ...exactly(statistic),
    pValue: () => (law === undefined ? pValue : binPValue(law, statistic * effect)),
    limit: law === undefined ? independent : binLimit(law, alpha) / effect,
    ...{ n, m },
  };
}

function testKolmogorovSmirnov({ bins, baseline, window, effect, ksLimit }: FeaturePair): Outcome | undefined {
  if (bins.kind !== "numeric") return undefined;
  const [n, m] = [total(baseline.cells) / effect, total(window.cells) / effect];
  if (n === 0 || m === 0) return undefined;
  const bounds = featureKsBounds({ bins, counts: baseline }, window);
  if (bounds === undefined) return undefined;
  const { lower, upper } = bounds;
  return { statistic: lower, lower, upper, pValue: () => ksPValue(lower, n, m), limit: ksLimit(n, m), n, m };
}

function exactly(statistic: number): Pick<Outcome, "statistic" | "lower" | "upper"> {
  return { statistic, lower: statistic, upper: statistic };
}
