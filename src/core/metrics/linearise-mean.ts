import type { Linearised, Scale } from "./linearised.ts";
import { sum } from "./sum.ts";

/**
 * The mean of one loss a row.
 *
 * @param losses    one a row; NaN marks a row that the metric leaves out
 * @param scale     "loss" when it cannot be negative
 */
export function lineariseMean(losses: Float64Array, scale: Scale): Linearised | undefined {
  const used = losses.filter((loss) => !Number.isNaN(loss));
  if (used.length === 0) return undefined;
  const value = sum(used) / used.length;
  const weight = losses.length / used.length;
  const influence = losses.map((loss) => (Number.isNaN(loss) ? 0 : (loss - value) * weight));
  return { value, influence, scale, size: used.length, rows: used.length, step: 0 };
}
