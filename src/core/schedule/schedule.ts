/** Slots in time: multiples of a span, or what a cron expression says in a time zone. */
export type TimedSchedule = { readonly everyMs: number } | { readonly cron: string; readonly timezone: string };

/** A check for each batch of scores: the rows that share a value of a column. */
export interface BatchSchedule {
  readonly batch: string;
  /** How late a batch may be, beyond its usual time, before it is missed. */
  readonly graceMs: number;
}

/** When a model is checked. */
export type Schedule = TimedSchedule | BatchSchedule;

export function isBatch(schedule: Schedule): schedule is BatchSchedule {
  return "batch" in schedule;
}
