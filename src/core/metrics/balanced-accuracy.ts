import type { Confusion } from "./confusion.ts";

/**
 * Mean of the shares found of each class that occurs; undefined without rows.
 *
 * @see     Brodersen et al., "The balanced accuracy and its posterior distribution" (2010)
 */
export function balancedAccuracy(counts: Confusion): number | undefined {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  const positives = truePositives + falseNegatives;
  const negatives = trueNegatives + falsePositives;
  if (positives + negatives === 0) return undefined;
  if (positives === 0) return trueNegatives / negatives;
  if (negatives === 0) return truePositives / positives;
  return (truePositives / positives + trueNegatives / negatives) / 2;
}
