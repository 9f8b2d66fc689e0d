import { millisecondsPer } from "../units.ts";

export type WindowLength = "hour" | "day" | "week";

/** A half-open range of event time. */
export interface TimeWindow {
  readonly start: Date;
  readonly end: Date;
}

const lengths: Readonly<Record<WindowLength, number>> = {
  hour: millisecondsPer.h,
  day: millisecondsPer.d,
  week: millisecondsPer.w,
};

/** Weeks begin on Monday; 1970 began on a Thursday. */
const firstMonday = 4 * millisecondsPer.d;

/**
 * The windows (UTC) that have rows in them, in order of time: those in between without rows are left out.
 *
 * @param hours  starts of the hours that have rows
 */
export function windowsOf(hours: readonly Date[], by: WindowLength): readonly TimeWindow[] {
  const [length, origin] = [lengths[by], by === "week" ? firstMonday : 0];
  const starts = new Set(hours.map((hour) => origin + Math.floor((+hour - origin) / length) * length));
  return [...starts].sort((a, b) => a - b).map((start) => ({ start: new Date(start), end: new Date(start + length) }));
}
