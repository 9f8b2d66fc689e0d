import { normalDraws } from "../metrics/normal-draws.ts";
import { type Random, seededRandom } from "../metrics/seeded-random.ts";
import { total } from "../total.ts";
import type { GridFeature } from "./hourly-grid.ts";
import { type ReplayedP, type ReplaySettings, replayFeature } from "./replay-feature.ts";
import type { Deviations, DrawnHistory } from "./resampled-hours.ts";

/** One feature for which histories of normal hours are drawn. */
export interface NormalHours {
  readonly feature: GridFeature;
  /** Hours of the baseline. */
  readonly hours: number;
  /** Live hours of each history. */
  readonly liveHours: number;
  readonly settings: ReplaySettings;
}

/**
 * p values of one feature at every check of a history whose hours are normal around the baseline's shares, each
 * independent of the others, with as much noise as the feature's design effect says.
 *
 * This is what the limits promise. The hours of a baseline are few: drawn from them, windows far out in the tail are
 * rarer than they will be. Drawn over the bins of the tests, in the longest steps that checks and windows are made of.
 * PSI is replayed as chi-square, which for small changes it is: its logarithm of a normal count near 0 is no count's.
 */
export function replayNormalHours(
  { feature, hours, liveHours, settings }: NormalHours,
  seed: number,
): readonly ReplayedP[] {
  const step = greatestCommonDivisor(settings.spanHours, settings.everyHours);
  const steps = Math.floor(liveHours / step);
  const binned = overBins(feature);
  const deviations = drawDeviations(binned, { hours, step, steps, effect: settings.effect }, seededRandom(seed));
  const { spread: _, ...rest } = settings;
  return replayFeature(binned, deviations, inOrder(steps), {
    ...rest,
    tests: settings.tests.map((test) => (test === "psi" ? "chi_square" : test)),
    spanHours: settings.spanHours / step,
    everyHours: settings.everyHours / step,
    // No cycle of the day was drawn.
    ...{ hourMatched: true, period: 1, inEffectiveRows: true },
  });
}

/** The live steps one after the other; behind them stands the baseline, as one. */
function inOrder(steps: number): DrawnHistory {
  return { live: Int32Array.from({ length: steps }, (_, i) => i), baseline: Int32Array.of(steps), draws: 1 };
}

function overBins({ name, kind, cells, width, binOf, bins, ordered, onePoint }: GridFeature): GridFeature {
  const sums = new Float64Array(bins);
  for (let i = 0; i < cells.length; i += 1) {
    const bin = binOf[i % width] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + (cells[i] ?? 0);
  }
  // Behind the bins in order stand the missing values, and of single values those between them.
  const unordered = onePoint ? 2 : 1;
  return {
    ...{ name, kind, bins, onePoint, cells: sums, width: bins },
    binOf: Int32Array.from({ length: bins }, (_, bin) => bin),
    ordered: ordered === 0 ? 0 : bins - unordered,
  };
}

function drawDeviations(
  { cells, width }: GridFeature,
  how: { readonly hours: number; readonly step: number; readonly steps: number; readonly effect: number },
  random: Random,
): Deviations {
  const all = total(cells);
  const shares = cells.map((count) => (all > 0 ? count / all : 0));
  const roots = shares.map(Math.sqrt);
  const rows = new Float64Array(how.steps + 1).fill((all * how.step) / how.hours);
  rows[how.steps] = all;
  const residuals = new Float64Array(rows.length * width);
  const normal = normalDraws(random);
  for (let i = 0; i < rows.length; i += 1) {
    const scale = Math.sqrt((rows[i] ?? 0) * how.effect);
    let sum = 0;
    for (let bin = 0; bin < width; bin += 1) {
      const root = roots[bin] ?? 0;
      if (root === 0) continue;
      const drawn = scale * root * normal();
      residuals[i * width + bin] = drawn;
      sum += drawn;
    }
    for (let bin = 0; bin < width; bin += 1)
      residuals[i * width + bin] = (residuals[i * width + bin] ?? 0) - (shares[bin] ?? 0) * sum;
  }
  return { shares, rows, total: all, residuals, season: new Float64Array(width) };
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
