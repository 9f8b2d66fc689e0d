import { total } from "../total.ts";
import { millisecondsPer } from "../units.ts";
import { excessDrift } from "./excess-drift.ts";
import type { Factor } from "./factor.ts";

/** The first day, or hour, from which a shift is visible. */
export interface ShiftStart {
  /** Its beginning, in milliseconds since 1970 (UTC). */
  readonly at: number;
  readonly unit: "day" | "hour";
}

/** Rows before the shift that are needed to say that there was none. */
const leastBefore = 50;
/** What was there before may be so much of what came after, at most. */
const quiet = 0.25;
/** Up to this span, hours are told apart; beyond, days. */
const shortMs = 3 * millisecondsPer.d;

/**
 * Since when live rows differ from the baseline: the day that splits them into two parts as different as can be, where
 * the part before is like the baseline in each of the features (its excess drift, at its upper end, at most a quarter of that
 * of the part after).
 *
 * @param targets  features that drifted
 * @param times    of the live rows, in milliseconds since 1970
 * @returns undefined when there are no times, or the shift was there from the beginning, or came gradually
 */
export function findShiftStart(targets: readonly Factor[], times: Float64Array | undefined): ShiftStart | undefined {
  const known = times?.filter((time) => !Number.isNaN(time));
  if (times === undefined || known === undefined || known.length === 0 || targets.length === 0) return undefined;
  const [first, last] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const unit = last - first <= shortMs ? "hour" : "day";
  const length = unit === "hour" ? millisecondsPer.h : millisecondsPer.d;
  const start = Math.floor(first / length);
  const units = Math.floor(last / length) - start + 1;
  const series = targets.map((target) => countByUnit(target, times, { start, length, units }));
  let best: { readonly split: number; readonly gain: number } | undefined;
  for (let split = 1; split < units; split += 1) {
    const gain = gainOf(targets, series, split);
    if (gain !== undefined && gain > (best?.gain ?? 0)) best = { split, gain };
  }
  return best === undefined ? undefined : { at: (start + best.split) * length, unit };
}

/** Counts of each level up to and with each unit: `[(unit + 1) * levels + level]`. */
function countByUnit(
  target: Factor,
  times: Float64Array,
  { start, length, units }: { readonly start: number; readonly length: number; readonly units: number },
): Float64Array {
  const counts = new Float64Array((units + 1) * target.levels);
  for (const [i, time] of times.entries()) {
    if (Number.isNaN(time)) continue;
    const at = (Math.floor(time / length) - start + 1) * target.levels + (target.live[i] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (let at = target.levels; at < counts.length; at += 1)
    counts[at] = (counts[at] ?? 0) + (counts[at - target.levels] ?? 0);
  return counts;
}

/** How much the parts before and after a split differ, weighted by their sizes; undefined where it explains nothing. */
function gainOf(targets: readonly Factor[], series: readonly Float64Array[], split: number): number | undefined {
  let gain = 0;
  for (const [t, target] of targets.entries()) {
    const sums = series[t] ?? new Float64Array();
    const early = sums.subarray(split * target.levels, (split + 1) * target.levels);
    const late = sums.subarray(sums.length - target.levels).map((count, level) => count - (early[level] ?? 0));
    const [n, m] = [total(early), total(late)];
    if (n < leastBefore || m < leastBefore) return undefined;
    const baseline = new Float64Array(target.levels);
    for (const level of target.baseline) baseline[level] = (baseline[level] ?? 0) + 1;
    const [before, after] = [excessDrift(baseline, early), excessDrift(baseline, late)];
    if (before === undefined || after === undefined || before.upper > quiet * after.excess) return undefined;
    gain += (excessDrift(early, late)?.excess ?? 0) / (1 / n + 1 / m);
  }
  return gain;
}
