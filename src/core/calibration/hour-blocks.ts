import { total } from "../total.ts";
import type { GridFeature } from "./hourly-grid.ts";

/** The rows of one feature in a stretch of hours. */
export interface HourBlock {
  /** Counts over the cells of the grid by stratum: hours of the day, days of the week, or one for all. */
  readonly strata: ReadonlyMap<number, Float64Array>;
  readonly rows: number;
}

/**
 * Cuts the hours of a feature into blocks; those without rows are left out, and so is the last one when it is not full.
 *
 * @param blockHours  whole, >= 1
 * @param stratumOf   stratum of each hour; one for all when absent
 */
export function hourBlocks(
  { cells, width }: Pick<GridFeature, "cells" | "width">,
  hours: number,
  blockHours: number,
  stratumOf?: (hour: number) => number,
): readonly HourBlock[] {
  const blocks: HourBlock[] = [];
  for (let start = 0; start + blockHours <= hours; start += blockHours) {
    const strata = new Map<number, Float64Array>();
    for (let hour = start; hour < start + blockHours; hour += 1) {
      const stratum = stratumOf?.(hour) ?? 0;
      const sums = strata.get(stratum) ?? new Float64Array(width);
      strata.set(stratum, sums);
      for (let cell = 0; cell < width; cell += 1) sums[cell] = (sums[cell] ?? 0) + (cells[hour * width + cell] ?? 0);
    }
    const rows = [...strata.values()].reduce((sum, sums) => sum + total(sums), 0);
    if (rows > 0) blocks.push({ strata, rows });
  }
  return blocks;
}

/** Degrees of freedom of blocks: their number, less what fitting the shares of the strata takes away. */
export function degreesOf(blocks: readonly HourBlock[]): number {
  const rowsOf = new Map<number, number>();
  for (const { strata } of blocks)
    for (const [stratum, sums] of strata) rowsOf.set(stratum, (rowsOf.get(stratum) ?? 0) + total(sums));
  let fitted = 0;
  for (const { strata, rows } of blocks)
    for (const [stratum, sums] of strata) {
      const all = rowsOf.get(stratum) ?? 0;
      if (all > 0) fitted += total(sums) ** 2 / (rows * all);
    }
  return blocks.length - fitted;
}
