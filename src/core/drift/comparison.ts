import type { DriftTest } from "../policy/policy.ts";
import type { Verdict } from "../verdict.ts";
import type { Explanation } from "./explain-rows.ts";
import type { Finding, QualityFinding } from "./finding.ts";

/** Two sides compared without any state, under one rule: any feature drifted is a warning. */
export interface Comparison {
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly baselineRows: number;
  readonly liveRows: number;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  /** Which rows carry the drift, where that is known: of files only. */
  readonly explanation?: Explanation;
  /** Columns that were left out, and why. */
  readonly skipped: readonly { readonly column: string; readonly reason: string }[];
}

/** What a comparison asks for. */
export interface ComparisonRules {
  /** Chance of a false alarm of the whole comparison, in (0, 1). */
  readonly alarmRate: number;
  /** Share of rows that must have moved, at least. */
  readonly floor: number;
  /** Rows that each side needs, at least, for a verdict. */
  readonly minRows: number;
  readonly tests: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
}

/** By how much the share of missing values may rise before the input counts as broken: five percentage points. */
export const comparisonMissingRise = 0.05;

/** Edges of numeric features and categories of the others that a comparison keeps apart, at most. */
export const comparisonEdges = 4_096;

/** Why two sides are too small for a verdict; undefined when they are not. */
export function tooFewRows(baselineRows: number, liveRows: number, minRows: number): string | undefined {
  if (baselineRows < minRows) return `the baseline has only ${baselineRows} of the ${minRows} rows needed`;
  return liveRows < minRows ? `the live data has only ${liveRows} of the ${minRows} rows needed` : undefined;
}

/** The verdict on what two sides showed. */
export function judgeComparison(
  findings: readonly Finding[],
  quality: readonly QualityFinding[],
): Pick<Comparison, "verdict" | "reason"> {
  if (quality.some((finding) => finding.severity === "critical"))
    return { verdict: "critical", reason: "the input is broken" };
  if (findings.some((finding) => finding.drifted)) return { verdict: "warning", reason: undefined };
  if (findings.length === 0) return { verdict: "inconclusive", reason: "no feature has values on both sides" };
  return { verdict: "ok", reason: undefined };
}
