import type { Rate } from "../units.ts";

/** What a policy has that can raise a false alarm. */
export interface BudgetClaims {
  /** Rules that ask for drift. */
  readonly drift: boolean;
  /** Rules that ask for performance; one that asks for both claims on both sides. */
  readonly performance: boolean;
  /** Rules that look at segments. */
  readonly segments: boolean;
}

/** The parts of an alarm budget; together no more than the whole. */
export interface BudgetShares {
  /** Drift over all rows. */
  readonly whole: Rate | undefined;
  /** Drift over all segments together. */
  readonly segments: Rate | undefined;
  readonly performance: Rate | undefined;
}

/**
 * Shares an alarm budget among the rules of a policy: one half each for drift and for performance where there are rules
 * of both, and of drift's part one half for all rows and one for the segments together where segments are looked at.
 * Incidents add up, so parts that add up to the budget keep it, however the rules depend on each other.
 */
export function shareBudget(budget: Rate, claims: BudgetClaims): BudgetShares {
  const of = (part: number): Rate | undefined =>
    part > 0 ? { count: budget.count * part, perMs: budget.perMs } : undefined;
  const performance = claims.performance ? (claims.drift || claims.segments ? 0.5 : 1) : 0;
  const drift = claims.drift || claims.segments ? 1 - performance : 0;
  const segments = claims.segments ? (claims.drift ? drift / 2 : drift) : 0;
  return { whole: of(drift - segments), segments: of(segments), performance: of(performance) };
}
