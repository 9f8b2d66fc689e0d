import { total } from "../total.ts";
import { degreesOf, type HourBlock, hourBlocks } from "./hour-blocks.ts";
import type { GridFeature } from "./hourly-grid.ts";

/** How much more the share of blocks varies at the worst cut point than that of independent rows would. */
export interface BlockRatio {
  /** The largest ratio over the cut points; undefined where no cut point has enough rows on both sides. */
  readonly largest: number | undefined;
  /** Cut points that were looked at, counted as independent ones: neighbouring edges see much the same. */
  readonly cuts: number;
  /** Blocks with rows. */
  readonly blocks: number;
  /** Degrees of freedom of each ratio: the blocks, less what their expectation was fitted with. */
  readonly degrees: number;
}

/** Expected rows on the smaller side of a cut in a mean block, at least: below, a ratio is too far from chi-square. */
const fewestExpected = 5;

/**
 * Ratio of the variance of shares between blocks of hours to that of independent rows, at several cut points.
 *
 * At a cut point with share p over all blocks, of which block b has n_b rows and the share p_b:
 * ratio = Σ_b n_b (p_b - e_b)² / ((B - t) p (1 - p)). e_b is p, or with strata (hours of the day, days of the week) what
 * the block's mix of strata lets expect, and t = Σ_bs n_bs² / (n_b N_s) is what fitting that takes away (1 without
 * strata). Blocks may differ in size: for independent rows the ratio has mean 1 whatever the sizes. Cut points are the
 * edges of the tests' bins for ordered values (the share at or below), else each value or category; and the missing.
 *
 * @param blockHours  hours of a block, whole, >= 1; the last block is left out when it is not full
 * @param stratumOf   stratum of each hour; one for all when absent
 */
export function blockRatio(
  feature: GridFeature,
  hours: number,
  blockHours: number,
  stratumOf?: (hour: number) => number,
): BlockRatio {
  const blocks = hourBlocks(feature, hours, blockHours, stratumOf);
  const indicators = cutPoints(feature);
  // An empty cell between two values makes two cut points of one.
  const ratios = [...new Set(indicators.flatMap((within) => ratioAt(blocks, within) ?? []))];
  const largest = ratios.length === 0 ? undefined : Math.max(...ratios);
  return { largest, cuts: independentCuts(ratios.length), blocks: blocks.length, degrees: degreesOf(blocks) };
}

/**
 * Simulated for nine deciles of independent rows; shares of many categories are more independent than that, but those of
 * dependent rows less. The two shares of a binary feature are one.
 */
function independentCuts(cuts: number): number {
  return cuts <= 2 ? 1 : 0.5 + 0.6 * cuts;
}

/** Which cells each cut point counts. */
function cutPoints({ binOf, bins, ordered, width }: GridFeature): readonly Uint8Array[] {
  const missing = bins - 1;
  if (ordered === 0) return Array.from({ length: bins }, (_, bin) => binOf.map((b) => Number(b === bin))).map(bytes);
  const upTo: number[] = [];
  for (let cell = 0; cell < ordered - 1; cell += 1) if (binOf[cell] !== binOf[cell + 1]) upTo.push(cell);
  const below = upTo.map((last) => Uint8Array.from({ length: width }, (_, cell) => Number(cell <= last)));
  return [...below, bytes(binOf.map((b) => Number(b === missing)))];
}

function bytes(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(values);
}

function ratioAt(blocks: readonly HourBlock[], within: Uint8Array): number | undefined {
  const counted = blocks.map(({ strata, rows }) => ({
    rows,
    strata: [...strata].map(([stratum, sums]) => ({ stratum, rows: total(sums), hits: hitsOf(sums, within) })),
  }));
  const pooled = new Map<number, { rows: number; hits: number }>();
  let [rows, hits] = [0, 0];
  for (const part of counted.flatMap((block) => block.strata)) {
    const sofar = pooled.get(part.stratum) ?? { rows: 0, hits: 0 };
    pooled.set(part.stratum, { rows: sofar.rows + part.rows, hits: sofar.hits + part.hits });
    rows += part.rows;
    hits += part.hits;
  }
  const share = hits / rows;
  const degrees = degreesOf(blocks);
  if (degrees < 1 || (rows / blocks.length) * Math.min(share, 1 - share) < fewestExpected) return undefined;
  let squares = 0;
  for (const block of counted) {
    let difference = 0;
    for (const part of block.strata) {
      const all = pooled.get(part.stratum);
      if (all !== undefined && all.rows > 0) difference += part.hits - (part.rows * all.hits) / all.rows;
    }
    squares += difference ** 2 / block.rows;
  }
  return squares / (degrees * share * (1 - share));
}

function hitsOf(sums: Float64Array, within: Uint8Array): number {
  let hits = 0;
  for (let cell = 0; cell < sums.length; cell += 1) if (within[cell] === 1) hits += sums[cell] ?? 0;
  return hits;
}
