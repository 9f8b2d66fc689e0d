import { millisecondsPer } from "../units.ts";
import type { Calendar } from "./policy.ts";

/** With fewer window-long blocks than this limits are provisional; see `designEffects`. */
const fewestBlocks = 8;
const weekMs = 7 * millisecondsPer.d;

export interface LiveWindows {
  readonly spanMs: number;
  readonly match: readonly Calendar[];
}

/** Windows that a baseline needs so that its limits are not provisional, when about as many rows come in every hour. */
export function fewestWindows({ spanMs, match }: LiveWindows): number {
  const hours = windowHours(spanMs);
  const [strata, inWindow] = match.includes("hour")
    ? match.includes("weekday")
      ? [168, Math.min(168, hours)]
      : [24, Math.min(24, hours)]
    : match.includes("weekday")
      ? [7, Math.min(7, Math.max(1, Math.floor(hours / 24)))]
      : [1, 1];
  return Math.max(fewestBlocks, Math.ceil(fewestBlocks - 1 + strata / inWindow));
}

/** How long live rows have to be gathered for a baseline whose limits are not provisional, in ms. */
export function fewestLiveMs(windows: LiveWindows): number {
  return fewestWindows(windows) * windowHours(windows.spanMs) * millisecondsPer.h;
}

/**
 * How long live rows are gathered when the policy does not say, in ms: one window more than are needed, for the ends of
 * the span may be empty; in whole weeks where weekdays are matched.
 */
export function defaultLiveMs(windows: LiveWindows): number {
  const ms = fewestLiveMs(windows) + windowHours(windows.spanMs) * millisecondsPer.h;
  return windows.match.includes("weekday") ? Math.ceil(ms / weekMs) * weekMs : ms;
}

/** Calibration cuts a baseline in whole hours. */
function windowHours(spanMs: number): number {
  return Math.max(1, Math.ceil(spanMs / millisecondsPer.h));
}
