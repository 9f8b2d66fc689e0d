import type { Rate } from "../units.ts";

/** No check is given a larger chance of a false alarm than this, however generous the budget. */
const largestAlpha = 0.05;

/**
 * The chance per check that a policy's tests fire while nothing has changed: the budget spread over the checks of its
 * span, at most 5 %.
 *
 * "1 per 30d" with a check a day is one in thirty. Every check is taken to be able to open an incident of its own, which
 * errs towards fewer alarms: neighbouring checks share rows and mostly agree.
 *
 * @param budget   false alarms that are accepted in a span of time
 * @param everyMs  time between two checks
 */
export function alphaPerCheck(budget: Rate, everyMs: number): number {
  return Math.min(largestAlpha, (budget.count * everyMs) / budget.perMs);
}
