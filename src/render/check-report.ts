import type { Explanation } from "../core/drift/explain-rows.ts";
import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import type { RuleOutcome } from "../core/drift/judge.ts";
import type { PerformanceFinding } from "../core/drift/rule-facts.ts";
import type { SegmentSight } from "../core/drift/segment-sight.ts";
import type { Shape } from "../core/drift/shape.ts";
import { isUnmeasurable } from "../core/metrics/metric.ts";
import type { QuarantinedHours } from "../core/quarantine/quarantine.ts";
import type { Verdict } from "../core/verdict.ts";
import { explanationJson } from "./explanation-text.ts";

/** What every face of a check shows: of two files, or of a model's window. */
export interface CheckReport {
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly window: { readonly start: string; readonly end: string; readonly rows: number } | { readonly rows: number };
  readonly baseline: { readonly rows: number; readonly version?: string };
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  readonly performance: readonly PerformanceFinding[];
  /** Hours of the window that are in quarantine, where there are some. */
  readonly quarantined?: QuarantinedHours | undefined;
  /** The segments that rules are asked of; none when absent. */
  readonly segments?: readonly SegmentSight[];
  /** What each rule of the policy said, where there is one. */
  readonly outcomes?: readonly RuleOutcome[];
  /** Which rows carry the drift, where that is known. */
  readonly explanation?: Explanation | undefined;
  /** How the values lie, by feature, where their counts are at hand. */
  readonly shapes?: ReadonlyMap<string, Shape>;
  /** What was asked of the comparison, where it has no policy. */
  readonly rules?: { readonly alarmRate: number; readonly floor: number };
}

/** The object that `driftward check --json` prints: schema driftward/check/v1. Absent numbers are null. */
export function checkJson(report: CheckReport): object {
  return {
    schema: "driftward/check/v1",
    verdict: report.verdict,
    reason: report.reason ?? null,
    rules: (report.outcomes ?? []).map(({ rule, segment, outcome, severity, when, values, reason, forMs, place }) => ({
      ...{ rule, segment, outcome, severity, when, values, reason: reason ?? null, for_ms: forMs, place },
    })),
    window: report.window,
    baseline: report.baseline,
    findings: report.findings.map((finding) => ({
      feature: finding.feature,
      segment: finding.segment,
      test: finding.test,
      statistic: finding.statistic,
      lower: finding.lower,
      upper: finding.upper,
      p_value: finding.pValue ?? null,
      p_corrected: finding.pCorrected ?? null,
      limit: finding.limit ?? null,
      n: finding.n,
      m: finding.m,
      moved: finding.moved,
      moved_at_least: finding.movedAtLeast,
      moved_estimate: finding.movedEstimate ?? null,
      drifted: finding.drifted,
      observed: finding.observed === true,
      direction: finding.direction ?? null,
    })),
    explanation: report.explanation === undefined ? null : explanationJson(report.explanation),
    quality: report.quality,
    segments: (report.segments ?? []).map(({ segment, rows, baselineRows, without }) => ({
      ...{ segment, rows, baseline_rows: baselineRows, reason: without ?? null },
    })),
    quarantined: report.quarantined ?? null,
    performance: Object.fromEntries(
      report.performance.map(({ metric, now, promised }) => [metric, measured(now, promised)]),
    ),
  };
}

function measured(now: PerformanceFinding["now"], promised: PerformanceFinding["promised"]): object {
  const before =
    promised === undefined ? null : { value: promised.value, lower: promised.lower, upper: promised.upper };
  return isUnmeasurable(now)
    ? { value: null, lower: null, upper: null, n: 0, reason: now.reason, promised: before }
    : { value: now.value, lower: now.lower, upper: now.upper, n: now.n, reason: null, promised: before };
}
