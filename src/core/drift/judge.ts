import { formatPlace } from "../errors.ts";
import { compileRule, evaluateRule } from "../policy/condition.ts";
import type { RuleFacts } from "../policy/facts.ts";
import type { Action, Policy } from "../policy/policy.ts";
import type { Severity, Verdict } from "../verdict.ts";
import type { QualityFinding } from "./finding.ts";
import type { SegmentedFacts } from "./segment-sight.ts";

/** What one rule said of one check. */
export interface RuleOutcome {
  readonly rule: string;
  readonly segment: string;
  readonly outcome: "holds" | "quiet" | "inconclusive";
  readonly severity: Severity;
  /** The condition as it is written, and where: `file:line:column`. */
  readonly when: string;
  readonly place: string;
  /** Every name of the condition with the value it had. */
  readonly values: Readonly<Record<string, number | boolean | string>>;
  readonly reason: string | undefined;
  readonly forMs: number;
  readonly do: readonly Action[];
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly outcomes: readonly RuleOutcome[];
}

/** Name of the built-in rule for damage: vanished features, missing values that jumped, values of the wrong type. */
export const brokenInputRule = "input broken";

/**
 * Asks every rule of a policy, and the built-in one for broken input, about what a check saw.
 *
 * The verdict is the worst severity among the rules that hold. None holds: inconclusive when the window itself says
 * nothing (`unseen`: too few rows, no baseline) or when no rule could be judged; ok otherwise.
 */
export function judge(
  policy: Policy,
  facts: RuleFacts,
  quality: readonly QualityFinding[],
  unseen: string | undefined,
  segmented: SegmentedFacts = { facts: {}, without: {} },
): Judgement {
  const outcomes = [
    ...policy.rules.flatMap((rule) => askOfRows(policy, rule, facts, segmented)),
    askQuality(quality, unseen),
  ];
  const holding = outcomes.filter((outcome) => outcome.outcome === "holds");
  if (holding.some((outcome) => outcome.severity === "critical"))
    return { verdict: "critical", reason: undefined, outcomes };
  if (holding.length > 0) return { verdict: "warning", reason: undefined, outcomes };
  const silent = unseen ?? silence(outcomes);
  return { verdict: silent === undefined ? "ok" : "inconclusive", reason: silent, outcomes };
}

/** Why nothing was judged, when every rule of the policy is inconclusive. */
function silence(outcomes: readonly RuleOutcome[]): string | undefined {
  const asked = outcomes.filter((outcome) => outcome.rule !== brokenInputRule);
  if (asked.length === 0 || asked.some((outcome) => outcome.outcome !== "inconclusive")) return undefined;
  return asked.find((outcome) => outcome.reason !== undefined)?.reason ?? "no rule could be judged";
}

/** Asks a rule of all rows, or of each segment that it names; where there are none it says why. */
function askOfRows(
  policy: Policy,
  rule: Policy["rules"][number],
  facts: RuleFacts,
  { facts: bySegment, without }: SegmentedFacts,
): readonly RuleOutcome[] {
  if (rule.per === undefined) return [askRule(policy, rule, facts, "")];
  const { column } = rule.per;
  const segments = Object.hasOwn(bySegment, column) ? bySegment[column] : undefined;
  if (segments !== undefined && segments.length > 0)
    return segments.map((one) => askRule(policy, rule, one.facts, one.segment));
  const reason = (Object.hasOwn(without, column) ? without[column] : undefined) ?? `no segments of ${column}`;
  return [{ ...askRule(policy, rule, facts, ""), outcome: "inconclusive", values: {}, reason }];
}

function askRule(policy: Policy, rule: Policy["rules"][number], facts: RuleFacts, segment: string): RuleOutcome {
  const answer = evaluateRule(
    compileRule(rule.when, { metrics: policy.performance.metrics, tests: policy.drift.tests }),
    facts,
  );
  return {
    rule: rule.name,
    segment,
    outcome: answer.outcome,
    severity: rule.severity,
    when: rule.when.source,
    place: formatPlace(rule.when.place),
    values: answer.values,
    reason: answer.reason,
    forMs: rule.forMs,
    do: rule.do,
  };
}

function askQuality(quality: readonly QualityFinding[], unseen: string | undefined): RuleOutcome {
  const broken = quality.filter((finding) => finding.severity === "critical" && finding.segment === "");
  const outcome = broken.length > 0 ? "holds" : unseen === undefined ? "quiet" : "inconclusive";
  return {
    rule: brokenInputRule,
    segment: "",
    outcome,
    severity: "critical",
    when: "quality.count > 0.0",
    place: "built in",
    values: { "quality.count": broken.length },
    reason: broken.length > 0 ? broken.map((finding) => finding.message).join("; ") : unseen,
    forMs: 0,
    do: ["notify"],
  };
}
