import { millisecondsPer } from "../units.ts";
import { slotsBetween } from "./next-slot.ts";
import type { Schedule } from "./schedule.ts";

/** Four weeks, from a Monday on: every cron expression of weekdays and hours shows its mean in them. */
const from = new Date("2025-02-03T00:00:00Z");
const spanMs = 4 * millisecondsPer.w;

/**
 * Mean time between two slots of a schedule in ms: what an alarm budget is spread by. A cron expression with no slot in
 * four weeks counts as one.
 */
export function averageInterval(schedule: Schedule): number {
  if ("everyMs" in schedule) return schedule.everyMs;
  let slots = 0;
  for (const _ of slotsBetween(schedule, from, new Date(from.getTime() + spanMs - 1))) slots += 1;
  return spanMs / Math.max(1, slots);
}
