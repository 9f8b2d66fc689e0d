import { millisecondsPer } from "../units.ts";
import { slotsBetween } from "./next-slot.ts";
import { isBatch, type Schedule } from "./schedule.ts";

/** Four weeks, from a Monday on: every cron expression of weekdays and hours shows its mean in them. */
const from = new Date("2025-02-03T00:00:00Z");
const lookedAtMs = 4 * millisecondsPer.w;

/**
 * Mean time between two slots of a schedule in ms: what an alarm budget is spread by. A cron expression with no slot in
 * four weeks counts as one; a batch stands for the span of a window.
 *
 * @param spanMs  of a window
 */
export function averageInterval(schedule: Schedule, spanMs: number): number {
  if (isBatch(schedule)) return spanMs;
  if ("everyMs" in schedule) return schedule.everyMs;
  let slots = 0;
  for (const _ of slotsBetween(schedule, from, new Date(from.getTime() + lookedAtMs - 1))) slots += 1;
  return lookedAtMs / Math.max(1, slots);
}
