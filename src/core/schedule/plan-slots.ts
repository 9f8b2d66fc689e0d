import { nextSlotAfter, nextSlotFrom, slotsBetween } from "./next-slot.ts";
import type { TimedSchedule } from "./schedule.ts";

export interface SlotPosition {
  readonly schedule: TimedSchedule;
  /** When the revision that holds the schedule was applied. */
  readonly appliedAt: Date;
  /** Since when there is something to check: the model's first champion. */
  readonly watchedSince: Date;
  /** The cursor: the first slot not yet planned; undefined for a new model. */
  readonly nextSlot: Date | undefined;
  /** Whether a slot after `appliedAt` has been planned: then the cursor is of this schedule. */
  readonly plannedSinceApplied: boolean;
}

/**
 * The first slot to plan.
 *
 * A new model starts at the first slot after it had a policy and a champion. A cursor from before the revision keeps
 * its backlog. A cursor ahead of it comes from the schedule before, and gives way to this one's first slot: a daily
 * schedule made hourly does not wait for tomorrow.
 *
 * @returns undefined when the schedule has no further slot
 */
export function firstSlotToPlan(position: SlotPosition): Date | undefined {
  const { schedule, appliedAt, watchedSince, nextSlot, plannedSinceApplied } = position;
  const start = nextSlotAfter(schedule, appliedAt > watchedSince ? appliedAt : watchedSince);
  if (nextSlot === undefined) return start;
  return nextSlot <= appliedAt || plannedSinceApplied ? nextSlotFrom(schedule, nextSlot) : start;
}

export interface SlotPlan {
  /** To be checked, in order; at most the cap. */
  readonly due: readonly Date[];
  /** Older than those, and too many to catch up with; all of them are counted, the newest `missedCap` are listed. */
  readonly missed: readonly Date[];
  readonly missedCount: number;
  readonly missedFrom: Date | undefined;
  readonly missedTo: Date | undefined;
  /** The cursor afterwards: the first slot after those. */
  readonly nextSlot: Date | undefined;
}

/**
 * What is due from the cursor on, up to and with `until` (now − settle).
 *
 * @param cap        slots that are checked, the newest
 * @param missedCap  missed slots that are listed one by one
 */
export function planSlots(
  schedule: TimedSchedule,
  range: { readonly from: Date; readonly until: Date },
  cap: { readonly due: number; readonly missed: number },
): SlotPlan {
  // A ring would do; at most 2 × (due + missed) dates are held before the older half is let go.
  const held = cap.due + cap.missed;
  let kept: Date[] = [];
  let count = 0;
  let first: Date | undefined;
  for (const slot of slotsBetween(schedule, range.from, range.until)) {
    first ??= slot;
    count += 1;
    kept.push(slot);
    if (kept.length >= 2 * held) kept = kept.slice(-held);
  }
  const due = kept.slice(-cap.due);
  const missedCount = count - due.length;
  const missed = kept.slice(0, kept.length - due.length).slice(-cap.missed);
  const last = due.at(-1);
  return {
    due,
    missed: missedCount === 0 ? [] : missed,
    missedCount,
    missedFrom: missedCount === 0 ? undefined : first,
    missedTo: missedCount === 0 ? undefined : missed.at(-1),
    nextSlot: last === undefined ? nextSlotFrom(schedule, range.from) : nextSlotAfter(schedule, last),
  };
}
