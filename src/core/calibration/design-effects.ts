import type { BinSpread } from "../drift/bin-spread.ts";
import { studentQuantile } from "../metrics/student-quantile.ts";
import { millisecondsPer } from "../units.ts";
import { binSpreads } from "./bin-spreads.ts";
import { type BlockRatio, blockRatio } from "./block-ratios.ts";
import { expectedLargest } from "./expected-largest.ts";
import { type HourlyGrid, type HourOfCounts, hourlyGrid } from "./hourly-grid.ts";
import { moderateRatios } from "./moderate-ratios.ts";

/** How many rows of a feature stand for one independent row, as measured on the baseline and frozen with it. */
export interface DesignEffect {
  /** At least 1: what sizes are divided by. */
  readonly value: number;
  /** The feature's own estimate, before the others were asked and the floor of 1. */
  readonly own: number;
  /** Degrees of freedom that the value is worth. */
  readonly degrees: number;
  /** Window-long blocks of the baseline that it was measured on. */
  readonly blocks: number;
  /** How the bins vary together, for the tests that sum over them; absent where the blocks are too few. */
  readonly spread?: BinSpread;
  /** The same as the feature's window-long blocks alone have it. */
  readonly ownSpread?: BinSpread;
}

export interface DesignEffects {
  readonly byFeature: Readonly<Record<string, DesignEffect>>;
  /** Too few blocks to trust: such limits may notify, they never start a retrain. */
  readonly provisional: boolean;
}

/** With fewer window-long blocks than this, or as few degrees, limits are provisional. */
const fewestBlocks = 8;
/** Degrees are sums of quotients. */
const slack = 1e-6;

/** What is taken when nothing could be measured: independent rows, and little trust. */
const unmeasured: DesignEffect = { value: 1, own: 1, degrees: fewestBlocks - 1, blocks: 0 };

/**
 * The design effect of every feature of a baseline, from blocks of hours as long as the window.
 *
 * A feature's own estimate is the largest variance ratio over its cut points (`blockRatio`) over what picking the largest
 * of so many noisy ratios adds (`expectedLargest`). So it is right on average when rows are independent or all cut points
 * depend alike, and up to that factor (about 1.3 with 30 blocks) too low when one cut point stands out, which the
 * supremum of KS and the sum of PSI, sized for the worst everywhere, outweigh. The estimates are then shrunk towards
 * their common value (`moderateRatios`) and taken as 1 at least. What noise is left is for `inflateFor`.
 *
 * @param spanMs     length of the policy's window; taken as whole hours, one at least
 * @param stratumOf  stratum of each hour of the grid, where the baseline is matched to the window's mix of them
 */
export function designEffects(grid: HourlyGrid, spanMs: number, stratumOf?: (hour: number) => number): DesignEffects {
  const blockHours = hoursOf(spanMs);
  const ratios = grid.features.map((feature) => blockRatio(feature, grid.hours, blockHours, stratumOf));
  const measured = ratios.flatMap(({ largest, cuts, degrees }, index) =>
    largest === undefined || largest <= 0 ? [] : [{ index, own: largest / expectedLargest(cuts, degrees), degrees }],
  );
  const degrees = measured.reduce((least, one) => Math.min(least, one.degrees), Number.POSITIVE_INFINITY);
  const moderated = moderateRatios(
    measured.map(({ own }) => own),
    degrees,
  );
  const found = new Map(measured.map(({ index, own }, i) => [index, { own, ...moderated[i] }]));
  const provisional = ratios.every(isTooFew);
  const valueAt = (index: number) => Math.max(1, found.get(index)?.value ?? 1);
  const spreads = provisional ? [] : binSpreads(grid, blockHours, stratumOf);
  const effects = grid.features.map(({ name }, index): [string, DesignEffect] => {
    const { own = 1, degrees: worth = unmeasured.degrees } = found.get(index) ?? {};
    const spread = spreads[index];
    const effect = { value: valueAt(index), own, degrees: worth, blocks: ratios[index]?.blocks ?? 0 };
    return [name, spread === undefined ? effect : { ...effect, spread: spread.inForce, ownSpread: spread.own }];
  });
  return { byFeature: Object.fromEntries(effects), provisional };
}

/**
 * A design effect enlarged by what its own noise costs at a limit: the square of Student's quantile over the normal one.
 * A variance known from few blocks is too small as often as too large, and far out in the tail that is not symmetric.
 *
 * @param alpha  chance of a false alarm that the limit is for, in (0, 1)
 */
export function inflateFor(effect: Pick<DesignEffect, "value" | "degrees">, alpha: number): number {
  const known = studentQuantile(1 - alpha);
  return effect.value * (studentQuantile(1 - alpha, effect.degrees) / known) ** 2;
}

/** Whether limits from these hours are provisional: the rows of all features together say so. */
export function tooFewBlocks(
  hours: readonly HourOfCounts[],
  spanMs: number,
  stratumOf?: (hour: number) => number,
): boolean {
  const none = { missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
  const rows = hours.map(({ hour, counts }) => {
    return { hour, counts: { rows: counts.rows, features: [{ cells: Float64Array.of(counts.rows), ...none }] } };
  });
  const grid = hourlyGrid([{ kind: "categorical", name: "rows", categories: [] }], rows);
  const own = stratumOf === undefined ? undefined : (hour: number) => stratumOf(grid.firstHour + hour);
  return grid.features.every((feature) => isTooFew(blockRatio(feature, grid.hours, hoursOf(spanMs), own)));
}

/** Matching on a calendar takes degrees away that blocks would have given. */
function isTooFew({ blocks, degrees }: BlockRatio): boolean {
  return blocks < fewestBlocks || degrees < fewestBlocks - 1 - slack;
}

/** A span as whole hours, one at least. */
export function hoursOf(spanMs: number): number {
  return Math.max(1, Math.ceil(spanMs / millisecondsPer.h));
}
