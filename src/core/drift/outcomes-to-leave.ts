import { isUnmeasurable } from "../metrics/metric.ts";
import { segmentToLeave } from "./fit-to-leave.ts";
import { brokenInputRule, type RuleOutcome } from "./judge.ts";
import type { PerformanceFinding } from "./rule-facts.ts";
import type { SegmentSight } from "./segment-sight.ts";
import { fewestRows, isTellable } from "./small-cells.ts";

/** What a check saw, for those who tell what its rules said. */
export interface SeenByRules {
  /** Of the window. */
  readonly rows: number;
  readonly segments: readonly SegmentSight[];
  readonly performance: readonly PerformanceFinding[];
}

/**
 * What rules said as it may leave the machine: without values of few rows, and without segments that are not told. The
 * built-in rule's reason is left to the findings of quality, which are cut likewise.
 */
export function outcomesToLeave(
  outcomes: readonly RuleOutcome[],
  { rows, segments, performance }: SeenByRules,
  sensitive: readonly string[],
): readonly RuleOutcome[] {
  const rowsOf = new Map(segments.map((one) => [one.segment, one.rows]));
  const fewLabels = performance.some(isOfFew);
  return outcomes.map((outcome) => {
    const own = outcome.segment === "" ? rows : (rowsOf.get(outcome.segment) ?? 0);
    const told = Object.entries(outcome.values).filter(([name, value]) => isTold(name, value, own, fewLabels));
    return {
      ...outcome,
      segment: segmentToLeave(outcome.segment, own, sensitive),
      values: Object.fromEntries(told),
      reason: outcome.rule === brokenInputRule && outcome.outcome === "holds" ? undefined : outcome.reason,
    };
  });
}

function isOfFew({ now, promised }: PerformanceFinding): boolean {
  return (!isUnmeasurable(now) && now.n < fewestRows) || (promised !== undefined && promised.n < fewestRows);
}

function isTold(name: string, value: RuleOutcome["values"][string], rows: number, fewLabels: boolean): boolean {
  if (!isTellable(rows)) return false;
  if (name.startsWith("performance.")) return !fewLabels;
  // A share of few rows tells of them.
  const isShare = name.startsWith("quality.") && typeof value === "number" && !Number.isInteger(value);
  return !isShare || isTellable(Math.round(Math.abs(value) * rows));
}
