import { type Random, seededRandom } from "../metrics/seeded-random.ts";
import { total } from "../total.ts";
import type { GridFeature, HourlyGrid } from "./hourly-grid.ts";

/** Which hours of the baseline stand for the hours of one drawn history. */
export interface DrawnHistory {
  /** For each hour of the live time, its source hour in every draw that is summed: draw-major, `draws` times `hours`. */
  readonly live: Int32Array;
  /** Source hours of a baseline as long as the real one, likewise. */
  readonly baseline: Int32Array;
  readonly draws: number;
}

/** How histories are drawn. */
export interface DrawPlan {
  readonly hours: number;
  /** Live hours of each history. */
  readonly liveHours: number;
  readonly blockHours: number;
  /** Blocks begin at multiples of this, so that hours keep their hour of the day; 1 where the baseline is short. */
  readonly period: number;
  readonly daysKnown: number;
}

const hoursOfDay = 24;
/** From so many days on a mean for each hour of the day can be told from chance. */
const fewestDays = 8;

/**
 * Blocks long enough that a window fits into one: twice the window where the baseline has at least four such, in whole
 * days from eight days of baseline on.
 */
export function planDraws(hours: number, spanHours: number, liveHours: number): DrawPlan {
  const daysKnown = Math.floor(hours / hoursOfDay);
  const period = daysKnown >= fewestDays ? hoursOfDay : 1;
  const wanted = Math.min(2 * spanHours, Math.max(spanHours, Math.floor(hours / 4)), hours);
  const blockHours = Math.max(
    period,
    Math.min(Math.ceil(wanted / period) * period, Math.floor(hours / period) * period),
  );
  return { hours, liveHours, blockHours, period, daysKnown };
}

/**
 * Draws a history by the moving-block bootstrap: blocks of neighbouring hours of the baseline, in random order, for the
 * live time and, apart from it, for a baseline. The same for all features, so that they stay as dependent as they are.
 */
export function drawHistory(plan: DrawPlan, draws: number, seed: number): DrawnHistory {
  const random = seededRandom(seed);
  const sequence = (hours: number) => {
    const sources = new Int32Array(draws * hours);
    for (let draw = 0; draw < draws; draw += 1)
      fillBlocks(sources.subarray(draw * hours, (draw + 1) * hours), plan, random);
    return sources;
  };
  return { live: sequence(plan.liveHours), baseline: sequence(plan.hours), draws };
}

function fillBlocks(sources: Int32Array, { hours, blockHours, period }: DrawPlan, random: Random): void {
  const starts = Math.floor((hours - blockHours) / period) + 1;
  for (let at = 0; at < sources.length; at += blockHours) {
    const start = period * Math.floor(random() * starts);
    for (let i = 0; i < blockHours && at + i < sources.length; i += 1) sources[at + i] = start + i;
  }
}

/** Deviations of one feature's hourly counts from what its hours let expect. */
export interface Deviations {
  /** Shares over all hours. */
  readonly shares: Float64Array;
  readonly rows: Float64Array;
  /** Rows of the baseline. */
  readonly total: number;
  /** Rows above expectation, hour after hour; enlarged for what fitting the expectation took away. */
  readonly residuals: Float64Array;
  /** Share of each cell above `shares` by hour of the period. */
  readonly season: Float64Array;
}

/**
 * Splits hourly counts into the mean share, the cycle of the day and what is left.
 *
 * @param matched  which of the two calendars the baseline is matched on: a matched weekday is taken out of what is left
 */
export function deviationsOf(
  grid: Pick<HourlyGrid, "firstHour" | "hours">,
  feature: GridFeature,
  plan: DrawPlan,
  matched: { readonly weekday: boolean },
): Deviations {
  const { cells, width } = feature;
  const { hours } = grid;
  const rows = rowsByHour(cells, width, hours);
  const shares = stratumShares(cells, width, hours, 1, () => 0);
  const daily =
    plan.period > 1 ? stratumShares(cells, width, hours, plan.period, (hour) => hour % plan.period) : shares;
  const weekdayOf = (hour: number) => Math.floor((grid.firstHour + hour) / hoursOfDay) % 7;
  const weekly = matched.weekday ? stratumShares(cells, width, hours, 7, weekdayOf) : undefined;
  const season = daily.map((share, i) => share - (shares[i % width] ?? 0));
  const lost = plan.period > 1 ? 1 / plan.daysKnown : 0;
  const scale = 1 / Math.sqrt(Math.max(0.25, 1 - lost - (weekly === undefined ? 0 : 7 / plan.daysKnown)));
  const residuals = new Float64Array(cells.length);
  for (let hour = 0; hour < hours; hour += 1)
    for (let cell = 0; cell < width; cell += 1) {
      const at = hour * width + cell;
      const share = shares[cell] ?? 0;
      const daytime = season[(hour % plan.period) * width + cell] ?? 0;
      const week = weekly === undefined ? 0 : (weekly[weekdayOf(hour) * width + cell] ?? 0) - share;
      residuals[at] = scale * ((cells[at] ?? 0) - (rows[hour] ?? 0) * (share + daytime + week));
    }
  return { shares, rows, total: total(rows), residuals, season };
}

function rowsByHour(cells: Float64Array, width: number, hours: number): Float64Array {
  const rows = new Float64Array(hours);
  for (let i = 0; i < hours * width; i += 1) {
    const hour = Math.floor(i / width);
    rows[hour] = (rows[hour] ?? 0) + (cells[i] ?? 0);
  }
  return rows;
}

/** Shares of the cells in each stratum; those of a stratum without rows are those of all. */
function stratumShares(
  cells: Float64Array,
  width: number,
  hours: number,
  strata: number,
  stratumOf: (hour: number) => number,
): Float64Array {
  const sums = new Float64Array(strata * width);
  const all = new Float64Array(width);
  for (let hour = 0; hour < hours; hour += 1) {
    const offset = stratumOf(hour) * width;
    for (let cell = 0; cell < width; cell += 1) {
      const count = cells[hour * width + cell] ?? 0;
      sums[offset + cell] = (sums[offset + cell] ?? 0) + count;
      all[cell] = (all[cell] ?? 0) + count;
    }
  }
  const every = total(all);
  for (let stratum = 0; stratum < strata; stratum += 1) {
    const own = sums.subarray(stratum * width, (stratum + 1) * width);
    const rows = own.reduce((sum, count) => sum + count, 0);
    for (let cell = 0; cell < width; cell += 1)
      own[cell] = rows > 0 ? (own[cell] ?? 0) / rows : every > 0 ? (all[cell] ?? 0) / every : 0;
  }
  return sums;
}
