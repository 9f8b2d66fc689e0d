import { millisecondsPer } from "../units.ts";
import type { Verdict } from "../verdict.ts";
import type { Finding } from "./finding.ts";

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

const severities: readonly Verdict[] = ["ok", "warning", "critical"];

/** The worst verdict of the windows that could be judged; inconclusive when none could. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  const worst = Math.max(...verdicts.map((verdict) => severities.indexOf(verdict)), -1);
  return severities[worst] ?? "inconclusive";
}

/**
 * How far the tests of a window went towards their limits: the largest statistic over its limit, above 1 only where that
 * counts as drift. A tiny change that many rows make certain stays at 1.
 */
export function intensity(findings: readonly Finding[]): number | undefined {
  const ratios = findings.flatMap(({ statistic, limit, drifted }) => {
    if (limit === undefined || limit <= 0) return [];
    return [drifted ? statistic / limit : Math.min(1, statistic / limit)];
  });
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}
