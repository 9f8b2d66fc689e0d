/**
 * Where a rule stands in time, for one model, rule and segment.
 *
 * `holdingSince` is the slot of the first check of the present stretch in which the rule held; `quietSince` likewise
 * for the stretch in which it did not. Inconclusive checks end neither. At most one of them is there.
 */
export interface RuleState {
  readonly holdingSince?: Date;
  readonly quietSince?: Date;
  /** The last check that held, where a quarantine may take its rows away. */
  readonly held?: HeldCheck;
}

/** A check in which a rule held: its slot, and what was known of the model then. */
export interface HeldCheck {
  readonly slot: Date;
  readonly asOfSeq: number;
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
  /** What the check knew; absent where a quarantine makes no difference to the rule. */
  readonly asOfSeq?: number;
  /** Whether hours of a check that held are in quarantine by now, and were not then. */
  readonly isCleared?: (held: HeldCheck) => boolean;
}

export interface RuleAdvance {
  readonly state: RuleState;
  readonly effect: "open" | "resolve" | "none";
  /** It resolves before its time, for what held is in quarantine. */
  readonly cleared?: true;
}

/**
 * Moves a rule one slot on.
 *
 * A check that holds speaks for the whole window that ends at its slot. So a rule that must hold `for` 2 days on windows
 * of 24 hours opens when two windows that do not overlap have held, and one without `for` at the first that holds.
 * Overlapping windows are no second opinion: an incident resolves when every window that ends within one span has been
 * quiet, hence the newest shares no row with the one that held. Batches share none: the first that is quiet resolves. They
 * are not punctual: each speaks for half a span more. Where hours of the last window that held were put in quarantine since,
 * the next that is quiet resolves: what it shares with that one is what is left.
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
      const held = step.asOfSeq === undefined ? {} : { held: { slot: step.slot, asOfSeq: step.asOfSeq } };
      return { state: { holdingSince, ...held }, effect: opens ? "open" : "none" };
    }
    case "quiet": {
      const quietSince = state.quietSince ?? step.slot;
      const quietMs = step.disjoint === true ? 0 : step.spanMs;
      const inTime = step.slot.getTime() - quietSince.getTime() >= quietMs;
      const cleared = !inTime && state.held !== undefined && step.isCleared?.(state.held) === true;
      const resolves = step.incidentOpen && (inTime || cleared);
      return {
        state: { quietSince, ...(state.held === undefined || resolves ? {} : { held: state.held }) },
        effect: resolves ? "resolve" : "none",
        ...(resolves && cleared ? { cleared } : {}),
      };
    }
    default:
      return step.outcome satisfies never;
  }
}
