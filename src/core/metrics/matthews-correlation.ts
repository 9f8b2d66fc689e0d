import type { Confusion } from "./confusion.ts";

/**
 * Matthews' correlation between label and prediction, in [-1, 1]; 0 when either takes one value only.
 *
 * The root is taken factor by factor: the product of four counts of a large log is past 2^53.
 *
 * @see Matthews, "Comparison of the predicted and observed secondary structure of T4 phage lysozyme" (1975)
 */
export function matthewsCorrelation(counts: Confusion): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const sides = [tp + fp, tp + fn, tn + fp, tn + fn];
  if (sides.includes(0)) return 0;
  const root = sides.reduce((product, side) => product * Math.sqrt(side), 1);
  return Math.max(-1, Math.min(1, (tp / root) * tn - (fp / root) * fn));
}
