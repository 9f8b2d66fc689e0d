import { groupBy } from "../group-by.ts";
import { type Estimate, isUnmeasurable, type MetricName, type Unmeasurable, worsening } from "../metrics/metric.ts";
import type { AbsentReasons, DriftFacts, PerformanceFacts, RuleFacts } from "../policy/facts.ts";
import { isOutput } from "../prediction/contract.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import type { QualityFinding, TestVerdict } from "./finding.ts";

/** One metric of the version judged over its mature rows, beside what its baseline promised. */
export interface PerformanceFinding {
  readonly metric: MetricName;
  readonly now: Estimate | Unmeasurable;
  /** The baseline's; undefined where it was never measured. */
  readonly promised: Estimate | undefined;
  /** Of the intervals that rules compare, where the alarm budget asks for more than the 95 % that are shown. */
  readonly confidence?: number;
  /** How many times the variance is that of independent rows; 1 when absent. Not in the intervals that are shown. */
  readonly designEffect?: number;
}

export interface Observed {
  readonly rows: number;
  readonly findings: readonly TestVerdict[];
  /** Features that count towards `drift.share`, the prediction apart. */
  readonly watched: readonly string[];
  readonly quality: readonly QualityFinding[];
  readonly missingRise: Readonly<Record<string, number>>;
  readonly performance: readonly PerformanceFinding[];
  /** Why there is no drift to speak of, where there is none: too few rows, no baseline. */
  readonly withoutDrift: string | undefined;
  readonly withoutPerformance: string | undefined;
}

/** The name under which the prediction is tested beside the features; its score is tested as `score`. */
export const predictionFeature = "prediction";

/**
 * What a check saw, in the words that conditions ask in. A feature drifted when one of its tests did.
 *
 * `drift.share` is over the watched features that could be tested: one without a value on a side has no finding, is the
 * business of quality, and neither raises nor lowers the share. With nothing tested there is no share.
 */
export function ruleFacts(observed: Observed): RuleFacts {
  const alarming = observed.findings.filter((finding) => finding.observed !== true);
  const byFeature = groupBy(alarming, (finding) => finding.feature);
  const tested = observed.watched.filter((name) => byFeature.has(name));
  const drifted = tested.filter((name) => byFeature.get(name)?.some((finding) => finding.drifted));
  const prediction = alarming.filter(({ feature }) => isOutput(feature));
  const features = [...byFeature].filter(([name]) => !isOutput(name));
  const broken = observed.quality.filter((finding) => finding.severity === "critical");
  return {
    rows: observed.rows,
    drift: {
      ...(tested.length === 0 ? {} : { share: drifted.length / tested.length, count: drifted.length }),
      features: Object.fromEntries(features.map(([name, findings]) => [name, driftFacts(findings)])),
      ...(prediction.length === 0 ? {} : { prediction: driftFacts(prediction) }),
    },
    quality: {
      ...(observed.withoutDrift === undefined ? { count: broken.length } : {}),
      features: Object.fromEntries(Object.entries(observed.missingRise).map(([name, missing]) => [name, { missing }])),
    },
    performance: Object.fromEntries(observed.performance.map((finding) => [finding.metric, performanceFacts(finding)])),
    absent: absentReasons(observed, tested.length),
  };
}

function absentReasons(observed: Observed, tested: number): AbsentReasons {
  const untested = tested === 0 ? "no watched feature has values on both sides" : undefined;
  const drift = observed.withoutDrift ?? untested;
  const performance = observed.withoutPerformance;
  return {
    ...(drift === undefined ? {} : { drift }),
    ...(observed.withoutDrift === undefined ? {} : { quality: observed.withoutDrift }),
    ...(performance === undefined ? whatWasNotMeasured(observed.performance) : { performance }),
  };
}

/** Why metrics are not known, as conditions ask for them: `performance.mae`, `promised.mae`. */
export function whatWasNotMeasured(performance: readonly PerformanceFinding[]): AbsentReasons {
  return Object.fromEntries(
    performance.flatMap(({ metric, now, promised }) => [
      ...(isUnmeasurable(now) ? [[`performance.${metric}`, now.reason] as const] : []),
      ...(promised === undefined ? neverMeasured(metric, isUnmeasurable(now)) : []),
    ]),
  );
}

/** A metric that was not promised has no rise and no drop either. */
function neverMeasured(metric: string, unmeasured: boolean): readonly (readonly [string, string])[] {
  const reason = `${metric} was never measured on the baseline`;
  const changes = unmeasured
    ? []
    : ["rise", "drop"].map((change) => [`performance.${metric}.${change}`, reason] as const);
  return [[`promised.${metric}`, reason], ...changes];
}

function driftFacts(findings: readonly TestVerdict[]): DriftFacts {
  const corrected = findings.flatMap((finding) => finding.pCorrected ?? []);
  // Two of a kind are those of the prediction and of its score.
  const byTest = new Map<string, number[]>();
  for (const { test, statistic } of findings) byTest.set(test, [...(byTest.get(test) ?? []), statistic]);
  return {
    drifted: findings.some((finding) => finding.drifted),
    statistics: Object.fromEntries([...byTest].map(([test, made]) => [test, Math.max(...made)])),
    ...(corrected.length === 0 ? {} : { p: Math.min(...corrected) }),
  };
}

export function performanceFacts(finding: PerformanceFinding): PerformanceFacts {
  const { metric, now, promised } = finding;
  if (isUnmeasurable(now)) return {};
  const known = widened(now, finding);
  if (promised === undefined) return known;
  return { ...known, worsening: widened(worsening(promised, now, metric), finding) };
}

/** A 95 % interval at another confidence and of dependent rows, each end as far further out as that of a normal variable. */
function widened(
  { value, lower, upper }: Estimate,
  { confidence, designEffect = 1 }: Pick<PerformanceFinding, "confidence" | "designEffect">,
) {
  if (confidence === undefined && designEffect === 1) return { value, lower, upper };
  const quantile = normalQuantile((1 + (confidence ?? 0.95)) / 2);
  const factor = (Math.sqrt(designEffect) * quantile) / normalQuantile(0.975);
  return { value, lower: value + factor * (lower - value), upper: value + factor * (upper - value) };
}
