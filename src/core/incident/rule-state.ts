/**
 * Where a rule stands in time, for one model, rule and segment.
 *
 * `holdingSince` is the slot of the first check of the present stretch in which the rule held; `quietSince` likewise
 * for the stretch in which it did not. Inconclusive checks end neither. At most one of them is there.
 */
export interface RuleState {
  readonly holdingSince?: Date;
  readonly quietSince?: Date;
}

/** The outcome of a rule at one slot, with what the policy says about time. */
export interface RuleStep {
  readonly slot: Date;
  readonly outcome: "holds" | "quiet" | "inconclusive";
  /** How long the rule must hold, as data time; 0 where the policy says nothing. */
  readonly forMs: number;
  /** Length of the window that the rule looks at. */
  readonly spanMs: number;
  readonly incidentOpen: boolean;
  /** Whether windows share no rows and come when they come, as batches do. */
  readonly disjoint?: boolean;
}

export interface RuleAdvance {
  readonly state: RuleState;
  readonly effect: "open" | "resolve" | "none";
}

/**
 * Moves a rule one slot on.
 *
 * A check that holds speaks for the whole window that ends at its slot. So a rule that must hold `for` 2 days on windows
 * of 24 hours opens when two windows that do not overlap have held, and one without `for` at the first that holds.
 * Overlapping windows are no second opinion: an incident resolves when every window that ends within one span has been
 * quiet, hence the newest shares no row with the one that held. Batches share none: the first that is quiet resolves. They
 * are not punctual: each speaks for half a span more.
 */
export function advanceRule(state: RuleState, step: RuleStep): RuleAdvance {
  switch (step.outcome) {
    case "inconclusive":
      return { state, effect: "none" };
    case "holds": {
      const holdingSince = state.holdingSince ?? step.slot;
      const spanMs = step.disjoint === true ? 1.5 * step.spanMs : step.spanMs;
      const covered = step.slot.getTime() - holdingSince.getTime() + spanMs;
      const opens = !step.incidentOpen && covered >= Math.max(step.forMs, spanMs);
      return { state: { holdingSince }, effect: opens ? "open" : "none" };
    }
    case "quiet": {
      const quietSince = state.quietSince ?? step.slot;
      const quietMs = step.disjoint === true ? 0 : step.spanMs;
      const resolves = step.incidentOpen && step.slot.getTime() - quietSince.getTime() >= quietMs;
      return { state: { quietSince }, effect: resolves ? "resolve" : "none" };
    }
    default:
      return step.outcome satisfies never;
  }
}
