import { influenceVariance } from "../metrics/influence-variance.ts";
import { isUnmeasurable, type MetricName } from "../metrics/metric.ts";
import { type RowInfluences, rowInfluences } from "../metrics/row-influences.ts";
import type { ScoredRows } from "../metrics/scored-rows.ts";
import { millisecondsPer } from "../units.ts";
import { expectedLargest } from "./expected-largest.ts";

/** Labelled rows of a baseline, with their times in milliseconds since 1970. */
export interface LabelledBaseline {
  readonly rows: ScoredRows;
  readonly timestamps: Float64Array;
}

/** How many times the variance of a metric over rows that depend on each other is that of independent ones. */
export interface PerformanceEffect {
  /** At least 1. */
  readonly value: number;
  /** As measured, before the floor of 1. */
  readonly own: number;
  readonly degrees: number;
  readonly blocks: number;
}

/** Lengths of blocks in hours: rows of one day are of one weather, one campaign, one release; some of one week. */
const lengths = [6, 12, 24, 48, 96, 168];
/** Blocks that a length needs; where none has so many, fewer do. */
const [enough, fewest] = [15, 8];
/** Lengths that are looked at: the longest ones that have blocks enough. Longer blocks are made of shorter ones. */
const looked = 2;
/** As many independent ratios as these lengths come to. */
const independent = 1.5;

/**
 * The design effect of a metric on the labelled rows of a baseline: the variance of its mean of influences between blocks
 * of time over the variance that its interval takes for granted. Rows of one day often share what made them easy or
 * hard; an interval of independent rows is too narrow then, and the rules that compare its end would cry wolf.
 *
 * The largest over the longest lengths of blocks of which there are enough, less what picking it adds, and 1 at least. What
 * lasts longer than the longest block is not seen.
 *
 * @returns undefined when the metric cannot be measured, or there are too few blocks to tell
 */
export function performanceEffect(metric: MetricName, baseline: LabelledBaseline): PerformanceEffect | undefined {
  const found = rowInfluences(metric, baseline.rows);
  if (isUnmeasurable(found) || !(found.variance > 0)) return undefined;
  const ratios = lengths.map((hours) => ratioOver(found, baseline.timestamps, hours * millisecondsPer.h));
  const long = ratios.filter(({ blocks }) => blocks >= enough);
  const used = long.length > 0 ? long.slice(-looked) : ratios.filter(({ blocks }) => blocks >= fewest).slice(-1);
  const last = used.at(-1);
  if (last === undefined) return undefined;
  const degrees = last.blocks - 1;
  const added = used.length === 1 ? 1 : expectedLargest(independent, degrees);
  const own = Math.max(...used.map(({ ratio }) => ratio)) / added;
  return { value: Math.max(1, own), own, degrees, blocks: last.blocks };
}

/** Variance of the metric with all rows of a block taken together, over that of its interval. */
function ratioOver(
  { kept, influence, variance }: RowInfluences,
  timestamps: Float64Array,
  lengthMs: number,
): { readonly ratio: number; readonly blocks: number } {
  const numbers = new Map<number, number>();
  const index = Int32Array.from(kept, (row) => {
    const block = Math.floor((timestamps[row] ?? 0) / lengthMs);
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
  const count = numbers.size;
  if (count < 2) return { ratio: 1, blocks: count };
  return { ratio: influenceVariance(influence, { count, index }) / variance, blocks: count };
}
