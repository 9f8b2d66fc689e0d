import type { Calendar } from "../policy/policy.ts";
import type { Counts, FeatureCounts } from "../profile/bins.ts";
import { mergeCounts } from "../profile/merge-counts.ts";
import { millisecondsPer } from "../units.ts";
import type { HourOfCounts } from "./hourly-grid.ts";

/** Rows of an hour. */
export interface HourOfRows {
  readonly hour: Date;
  readonly rows: number;
}

export interface MatchedBaseline {
  /** Re-weighted counts, scaled so that `rows` is the effective size. Not whole numbers. */
  readonly counts: Counts;
  /** Rows that as many equally weighted ones would be worth (Kish): at most those of the baseline. */
  readonly effectiveRows: number;
  /** Share of the window's rows whose hours the baseline has no rows for. */
  readonly unmatched: number;
}

const daysToMonday = 3;

/** The stratum of an hour, counted from 1970-01-01T00:00Z (a Thursday): hour of day, day of week (Monday is 0), or both. */
export function stratumOfHour(hour: number, match: readonly Calendar[]): number {
  const ofDay = match.includes("hour") ? hour % 24 : 0;
  const ofWeek = match.includes("weekday") ? (Math.floor(hour / 24) + daysToMonday) % 7 : 0;
  return ofWeek * 24 + ofDay;
}

/**
 * The hours of a baseline added up by stratum, each under the first hour that it has: `matchBaseline` says the same of
 * them as of the hours, and they are few.
 */
export function sumByCalendar(hours: readonly HourOfCounts[], match: readonly Calendar[]): readonly HourOfCounts[] {
  const strata = new Map<number, HourOfCounts[]>();
  for (const one of [...hours].sort((a, b) => a.hour.getTime() - b.hour.getTime())) {
    const stratum = stratumOfHour(wholeHour(one.hour), match);
    strata.set(stratum, [...(strata.get(stratum) ?? []), one]);
  }
  return [...strata.values()].flatMap((own) =>
    own[0] === undefined ? [] : [{ hour: own[0].hour, counts: mergeCounts(own.map(({ counts }) => counts)) }],
  );
}

/**
 * The share of a baseline's rows that its effective size comes to when it is matched to a window as long as the policy's:
 * the median over the windows that it consists of itself; 1 where it has none.
 */
export function usualShare(hours: readonly HourOfRows[], windowHours: number, match: readonly Calendar[]): number {
  if (match.length === 0) return 1;
  const first = hours.reduce((least, { hour }) => Math.min(least, wholeHour(hour)), Number.POSITIVE_INFINITY);
  const windows = new Map<number, HourOfRows[]>();
  for (const one of hours) {
    const window = Math.floor((wholeHour(one.hour) - first) / windowHours);
    windows.set(window, [...(windows.get(window) ?? []), one]);
  }
  const plain = hours.map(({ hour, rows }) => ({ hour, counts: { rows, features: [] } }));
  const all = sum(hours.map(({ rows }) => rows));
  const shares = [...windows.values()].map((window) => matchBaseline(plain, window, match).effectiveRows / all);
  return shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 1;
}

function wholeHour(time: Date): number {
  return Math.floor(time.getTime() / millisecondsPer.h);
}

/**
 * Gives the baseline the window's mix of hours of the day or days of the week, so that a season is not taken for drift.
 *
 * With N_s rows of stratum s in the baseline and m_s in the window, a row of the baseline weighs
 * w_s = (m_s / m) / (N_s / N); the effective size is N² / Σ_s N_s w_s² (Kish). Hours of the window for which the
 * baseline has no rows are left out of the mix.
 *
 * @param baseline  hour by hour, at least one
 * @param window    rows of the window by hour; without any row the baseline stays as it is
 */
export function matchBaseline(
  baseline: readonly HourOfCounts[],
  window: readonly HourOfRows[],
  match: readonly Calendar[],
): MatchedBaseline {
  const stratum = (hour: Date) => stratumOfHour(wholeHour(hour), match);
  const { have, all, wanted, matched, weightOf } = weighStrata(baseline, window, match);
  const squares = sum([...have].map(([key, rows]) => rows * weightOf(key) ** 2));
  const effectiveRows = squares > 0 ? all ** 2 / squares : 0;
  const scale = all > 0 ? effectiveRows / all : 0;
  const counts = weighCounts(
    baseline.map(({ hour, counts: own }) => ({ counts: own, weight: scale * weightOf(stratum(hour)) })),
    effectiveRows,
  );
  return { counts, effectiveRows, unmatched: wanted === 0 ? 0 : 1 - matched / wanted };
}

const hoursOfWeek = 168;

/**
 * The weights that `matchBaseline` gives the baseline's rows, by hour of the week from Thursday 00:00 UTC on: those of the
 * strata repeat each week.
 */
export function weekWeights(
  baseline: readonly HourOfCounts[],
  window: readonly HourOfRows[],
  match: readonly Calendar[],
): readonly number[] {
  const { weightOf } = weighStrata(baseline, window, match);
  return Array.from({ length: hoursOfWeek }, (_, hour) => weightOf(stratumOfHour(hour, match)));
}

/** What a row of each stratum weighs, and the rows that say so. */
function weighStrata(baseline: readonly HourOfCounts[], window: readonly HourOfRows[], match: readonly Calendar[]) {
  const stratum = (hour: Date) => stratumOfHour(wholeHour(hour), match);
  const have = sumByStratum(baseline.map(({ hour, counts }) => [stratum(hour), counts.rows]));
  const want = sumByStratum(window.map(({ hour, rows }) => [stratum(hour), rows]));
  const all = sum(have.values());
  const wanted = sum(want.values());
  const matched = sum([...want].map(([key, rows]) => ((have.get(key) ?? 0) > 0 ? rows : 0)));
  const weightOf = (key: number): number => {
    if (matched === 0) return 1;
    const rows = have.get(key) ?? 0;
    return rows > 0 ? ((want.get(key) ?? 0) * all) / (matched * rows) : 0;
  };
  return { have, all, wanted, matched, weightOf };
}

function sumByStratum(rows: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const [stratum, count] of rows) sums.set(stratum, (sums.get(stratum) ?? 0) + count);
  return sums;
}

function weighCounts(parts: readonly { readonly counts: Counts; readonly weight: number }[], rows: number): Counts {
  const first = parts[0]?.counts.features ?? [];
  const features = first.map((_, index) =>
    weighFeature(
      parts.flatMap(({ counts, weight }) => {
        const feature = counts.features[index];
        return feature === undefined ? [] : [{ feature, weight }];
      }),
    ),
  );
  return { rows, features };
}

function weighFeature(parts: readonly { readonly feature: FeatureCounts; readonly weight: number }[]): FeatureCounts {
  const cells = new Float64Array(parts[0]?.feature.cells.length ?? 0);
  for (const { feature, weight } of parts.filter((part) => part.weight > 0))
    for (let i = 0; i < cells.length; i += 1) cells[i] = (cells[i] ?? 0) + weight * (feature.cells[i] ?? 0);
  const weighed = (key: "missing" | "invalid" | "positiveInfinity" | "negativeInfinity") =>
    sum(parts.map(({ feature, weight }) => weight * feature[key]));
  const minimums = parts.flatMap(({ feature }) => feature.minimum ?? []);
  const maximums = parts.flatMap(({ feature }) => feature.maximum ?? []);
  return {
    cells,
    missing: weighed("missing"),
    invalid: weighed("invalid"),
    positiveInfinity: weighed("positiveInfinity"),
    negativeInfinity: weighed("negativeInfinity"),
    ...(minimums.length > 0 ? { minimum: minimums.reduce((a, b) => Math.min(a, b)) } : {}),
    ...(maximums.length > 0 ? { maximum: maximums.reduce((a, b) => Math.max(a, b)) } : {}),
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
