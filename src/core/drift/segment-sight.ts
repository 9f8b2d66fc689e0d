import type { RuleFacts } from "../policy/facts.ts";
import type { QualityFinding } from "./finding.ts";
import { segmentToLeave } from "./fit-to-leave.ts";
import type { PerformanceFinding } from "./rule-facts.ts";

/** What a check saw of one segment, beside its findings. */
export interface SegmentSight {
  /** `country=NL`. */
  readonly segment: string;
  readonly rows: number;
  readonly baselineRows: number;
  /** Why its rows say nothing, where they do not: too few of them. */
  readonly without?: string;
  readonly performance?: readonly PerformanceFinding[];
  readonly withoutPerformance?: string;
}

/** The segments that a check recorded. */
export function sightsOf(check: { readonly segments?: unknown }): readonly SegmentSight[] {
  return (check.segments ?? []) as readonly SegmentSight[];
}

/** Segments as they may leave the machine: values of few rows, or of sensitive columns, are told nowhere. */
export function sightsToLeave(sights: readonly SegmentSight[], sensitive: readonly string[]): readonly SegmentSight[] {
  return sights.map((one) => ({ ...one, segment: segmentToLeave(one.segment, one.rows, sensitive) }));
}

/** What rules that are asked of segments are asked about, by their column. */
export interface SegmentedFacts {
  readonly facts: Readonly<Record<string, readonly { readonly segment: string; readonly facts: RuleFacts }[]>>;
  /** Why a column has no segments, where it has none. */
  readonly without: Readonly<Record<string, string>>;
}

/** Where so much more of the rows than in the baseline is in none of the segments, it is told. */
const told = 0.01;

/** A notice of rows that no rule of a column looks at, when there are more of them than in the baseline. */
export function noticeOtherRows(
  column: string,
  before: { readonly rows: number; readonly other: number },
  now: { readonly rows: number; readonly other: number },
): readonly QualityFinding[] {
  const share = (side: typeof now) => (side.rows === 0 ? 0 : side.other / side.rows);
  if (share(now) - share(before) < told) return [];
  const percent = (part: number) => `${(part * 100).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;
  return [
    {
      ...{ feature: column, segment: "", kind: "outside segments", severity: "notice" },
      message: `${percent(share(now))} of rows, ${percent(share(before))} in the baseline, have a ${column} that is new, rare or missing: rules per ${column} do not look at them`,
    },
  ];
}
