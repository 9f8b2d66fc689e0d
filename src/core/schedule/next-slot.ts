import { Cron } from "croner";
import { DriftwardError } from "../errors.ts";
import type { TimedSchedule } from "./schedule.ts";

/**
 * The first slot of a schedule strictly after an instant.
 *
 * `everyMs` slots are the multiples of the span since 1970-01-01T00:00Z, so that they do not move when Driftward starts
 * at another minute. Cron slots are local times of the zone: on the night that clocks go forward a time that does not
 * exist runs at the end of the gap, on the night that they go back a fixed time runs once (the first), and hourly slots
 * follow every hour that passes.
 *
 * @returns undefined when the expression never comes up again (30 February)
 * @throws  InvalidInput when the span is no whole number of ms above 0, or the expression or the zone is not known
 */
export function nextSlotAfter(schedule: TimedSchedule, after: Date): Date | undefined {
  if ("everyMs" in schedule) {
    const every = checkedEvery(schedule.everyMs);
    return new Date((Math.floor(after.getTime() / every) + 1) * every);
  }
  return cronOf(schedule).nextRun(after) ?? undefined;
}

/** The first slot at or after an instant; as nextSlotAfter otherwise. */
export function nextSlotFrom(schedule: TimedSchedule, from: Date): Date | undefined {
  return nextSlotAfter(schedule, new Date(from.getTime() - 1));
}

/** The slots s of a schedule with from <= s <= to, in order, one at a time: a long gap may hold very many. */
export function* slotsBetween(schedule: TimedSchedule, from: Date, to: Date): Generator<Date> {
  const next = walker(schedule);
  let slot = next(new Date(from.getTime() - 1));
  while (slot !== undefined && slot <= to) {
    yield slot;
    slot = next(slot);
  }
}

/** As nextSlotAfter, the expression parsed once. */
function walker(schedule: TimedSchedule): (after: Date) => Date | undefined {
  if ("everyMs" in schedule) return (after) => nextSlotAfter(schedule, after);
  const cron = cronOf(schedule);
  return (after) => cron.nextRun(after) ?? undefined;
}

function checkedEvery(everyMs: number): number {
  if (Number.isSafeInteger(everyMs) && everyMs > 0) return everyMs;
  throw new DriftwardError("InvalidInput", `expected a schedule of whole milliseconds above 0, got ${everyMs}`);
}

/** Croner without a function computes times and starts nothing. */
function cronOf(schedule: { readonly cron: string; readonly timezone: string }): Cron {
  try {
    new Intl.DateTimeFormat("en", { timeZone: schedule.timezone });
  } catch (cause) {
    const message = `expected an IANA time zone such as Europe/Amsterdam, got "${schedule.timezone}"`;
    throw new DriftwardError("InvalidInput", message, { cause });
  }
  try {
    return new Cron(schedule.cron, { timezone: schedule.timezone, paused: true });
  } catch (cause) {
    const message = `expected a cron expression such as "0 6 * * *", got "${schedule.cron}"`;
    throw new DriftwardError("InvalidInput", message, { cause, hint: cause instanceof Error ? cause.message : "" });
  }
}
