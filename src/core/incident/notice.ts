import type { Explanation } from "../drift/explain-rows.ts";
import type { Finding, QualityFinding } from "../drift/finding.ts";
import type { RuleOutcome } from "../drift/judge.ts";
import type { PerformanceFinding } from "../drift/rule-facts.ts";
import type { Rate } from "../units.ts";
import type { Severity } from "../verdict.ts";

/**
 * What a mail about an incident is rendered from. Kept with the notification, so that what was said can be read again;
 * times are ISO 8601 in UTC.
 */
export interface IncidentNotice {
  readonly about: "incident";
  /** `joined` when another model of the source is in it, `repeated` while it goes on, `escalated` when nobody has taken it on. */
  readonly kind: "opened" | "joined" | "repeated" | "escalated" | "resolved";
  readonly model: string;
  readonly version: string;
  readonly incident: number;
  readonly severity: Severity;
  readonly rule: RuleOutcome;
  readonly policy: { readonly path: string; readonly commit: string | undefined; readonly revision?: number };
  readonly window: { readonly start: string; readonly end: string; readonly rows: number };
  readonly baselineRows: number;
  readonly openedAt: string;
  /** Findings of the features that drifted, worst first. */
  readonly findings: readonly Finding[];
  /** Which rows carry the drift, where that is known. */
  readonly explanation?: Explanation;
  readonly testedFeatures: number;
  readonly driftedFeatures: number;
  readonly quality: readonly QualityFinding[];
  readonly performance: readonly PerformanceFinding[];
  /** Why performance cannot be told, where it cannot. */
  readonly withoutPerformance: string | undefined;
  /** False alarms that the policy accepts, its limits being set from that. */
  readonly budget: Rate;
  /** What Driftward did about it, and why not where it did not; whole sentences. */
  readonly did: readonly string[];
  /** Whether a person has to approve what a run makes. */
  readonly asksApproval?: true;
  /** Why it ended, when it did. */
  readonly resolution: string | undefined;
  /** It ended without a check: window, findings and numbers are those that were told last. */
  readonly asLastTold?: true;
  /** Models that share it, where it is of more than one; `model` is the one whose check speaks. */
  readonly shared?: SharedIncident;
}

/** Models of one incident, in the order they joined. */
export interface SharedIncident {
  readonly source: string;
  readonly models: readonly string[];
  /** Those of them whose input is whole again. */
  readonly left: readonly string[];
}

/** A model that is or was in an incident. */
interface Member {
  readonly model: string;
  readonly leftAt: Date | undefined;
}

/** What is said of an incident's models; undefined where there is one. */
export function sharedBy(source: string | undefined, members: readonly Member[]): SharedIncident | undefined {
  const models = [...new Set(members.map(({ model }) => model))];
  if (source === undefined || models.length < 2) return undefined;
  const present = new Set(members.filter(({ leftAt }) => leftAt === undefined).map(({ model }) => model));
  return { source, models, left: models.filter((model) => !present.has(model)) };
}

/** Findings of a mail at most: who wants all of them asks `driftward why`. */
const shown = 4;

/** The findings of drifted features, one a feature (its most extreme test), worst first. */
export function worstFindings(findings: readonly Finding[]): readonly Finding[] {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const before = worst.get(finding.feature);
    if (finding.drifted && (before === undefined || excess(finding) > excess(before)))
      worst.set(finding.feature, finding);
  }
  return [...worst.values()].sort((one, other) => other.movedAtLeast - one.movedAtLeast).slice(0, shown);
}

/** By how many times its limit a statistic was reached. */
function excess({ statistic, limit }: Finding): number {
  return limit === undefined ? 0 : statistic / limit;
}
