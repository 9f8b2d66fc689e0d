import { brokenInputRule, type RuleOutcome } from "../drift/judge.ts";
import { cameInQuarantine, type Quarantine } from "../quarantine/quarantine.ts";
import { advanceRule, type RuleState, type RuleStep } from "./rule-state.ts";

/** A rule's state as it is kept from check to check, with the condition that it is of. */
export interface RuleStanding {
  readonly state: RuleState;
  /** Another condition under the same name starts anew. */
  readonly when: string;
}

/** An incident that is open, by what it is of. */
export interface OpenIncident {
  readonly rule: string;
  readonly segment: string;
}

export interface OutcomesToDecide {
  readonly slot: Date;
  readonly spanMs: number;
  /** See RuleStep; false when absent. */
  readonly disjoint?: boolean;
  /** Whether the version and the baseline that the check judged still serve: else it opens and resolves nothing. */
  readonly serves: boolean;
  /** One for each rule of the policy, in the order in which they are decided. */
  readonly outcomes: readonly RuleOutcome[];
  readonly open: readonly OpenIncident[];
  readonly standing: (rule: string, segment: string) => RuleStanding | undefined;
  /** What the check knew, and the quarantines of its model, those too that it did not know of. */
  readonly asOfSeq: number;
  readonly quarantines: readonly Quarantine[];
}

/** What follows for one rule: `ask again` is said of an incident that goes on while its rule holds. */
export interface RuleDecision extends OpenIncident {
  /** What the check said; undefined where the policy has no such rule any more. */
  readonly outcome: RuleOutcome | undefined;
  readonly effect: "open" | "resolve" | "ask again" | "none";
  /** Why it resolves, where it does. */
  readonly resolution: string | undefined;
  /** To be kept for the next check; undefined where the policy has no such rule any more. */
  readonly standing: RuleStanding | undefined;
}

/** Decides one check: what each rule's incident does. The one place where that is decided, live and in a replay. */
export function decideOutcomes(check: OutcomesToDecide): readonly RuleDecision[] {
  const decided = check.outcomes.map((outcome) => decideRule(check, outcome));
  const orphans = check.open.filter((incident) => !check.outcomes.some((outcome) => isOf(outcome, incident)));
  const retired = orphans.map(
    ({ rule, segment }): RuleDecision => ({
      ...{ rule, segment, outcome: undefined, standing: undefined },
      effect: "resolve",
      resolution: check.outcomes.some((outcome) => outcome.rule === rule)
        ? `the rule does not look at ${segment === "" ? "all rows" : segment} any more`
        : "the policy has no such rule any more",
    }),
  );
  return [...decided, ...retired];
}

function isOf(one: OpenIncident, other: OpenIncident): boolean {
  return one.rule === other.rule && one.segment === other.segment;
}

function decideRule(check: OutcomesToDecide, said: RuleOutcome): RuleDecision {
  const { rule, segment, when, forMs } = said;
  const outcome = check.serves ? said : { ...said, outcome: "inconclusive" as const };
  const before = check.standing(rule, segment);
  const incidentOpen = check.open.some((incident) => isOf(outcome, incident));
  const { slot, spanMs, disjoint = false } = check;
  const { state, effect, cleared } = advanceRule(before?.when === when ? before.state : {}, {
    ...{ slot, spanMs, forMs, incidentOpen, disjoint },
    outcome: outcome.outcome,
    ...(rule === brokenInputRule ? quarantineSince(check) : {}),
  });
  const again = effect === "none" && incidentOpen && outcome.outcome === "holds";
  return {
    ...{ rule, segment, outcome },
    effect: again ? "ask again" : effect,
    resolution: effect === "resolve" ? `the rule no longer holds${cleared ? inQuarantine : ""}` : undefined,
    standing: { state, when },
  };
}

const inQuarantine = ": hours in which it held are in quarantine";

/** Broken input is over with the first window that is whole without the hours which a person took out. */
function quarantineSince({ spanMs, asOfSeq, quarantines }: OutcomesToDecide): Partial<RuleStep> {
  return {
    asOfSeq,
    isCleared: ({ slot: end, asOfSeq: before }) => {
      const window = { start: new Date(end.getTime() - spanMs), end };
      return cameInQuarantine(quarantines, { window, from: before, to: asOfSeq });
    },
  };
}
