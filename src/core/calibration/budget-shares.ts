import { asksOf } from "../policy/asks-of.ts";
import type { Policy } from "../policy/policy.ts";
import { rulesPer, segmentColumns } from "../policy/segments.ts";
import type { Rate } from "../units.ts";
import { type BudgetShares, shareBudget } from "./share-budget.ts";

/** The parts of a policy's alarm budget, performance divided into all rows and segments as drift is. */
export interface PolicyShares extends BudgetShares {
  readonly segmentPerformance: Rate | undefined;
}

/**
 * Shares a policy's alarm budget among its rules. Where no rule asks for drift of all rows, these are tested with the
 * part that drift has: no incident comes of it.
 */
export function budgetShares(policy: Pick<Policy, "rules" | "drift">): PolicyShares {
  const whole = rulesPer(policy, undefined);
  const segments = segmentColumns(policy).flatMap((column) => rulesPer(policy, column));
  const asked = {
    whole: whole.some((rule) => asksOf(rule, "drift")),
    segments: segments.some((rule) => asksOf(rule, "drift")),
  };
  const worse = {
    whole: whole.some((rule) => asksOf(rule, "performance")),
    segments: segments.some((rule) => asksOf(rule, "performance")),
  };
  const shares = shareBudget(policy.drift.alarmBudget, {
    drift: asked.whole || !asked.segments,
    performance: worse.whole || worse.segments,
    segments: asked.segments,
  });
  const half = (rate: Rate | undefined): Rate | undefined =>
    rate !== undefined && worse.whole && worse.segments ? { ...rate, count: rate.count / 2 } : rate;
  return {
    ...shares,
    whole: shares.whole ?? shares.segments,
    performance: worse.whole ? half(shares.performance) : undefined,
    segmentPerformance: worse.segments ? half(shares.performance) : undefined,
  };
}
