import type { Unmeasurable } from "./estimate.ts";
import type { Linearised } from "./linearised.ts";
import { placements } from "./placements.ts";

/**
 * Area under the ROC curve with the influence of each row: its placement value, as DeLong has it. O(n log n).
 *
 * @param labels  1 positive, 0 negative
 * @param scores  finite
 */
export function lineariseRocAuc(labels: Uint8Array, scores: Float64Array): Linearised | Unmeasurable {
  const placed = placements(labels, scores);
  if (placed === undefined) return { reason: "expected labels of both classes, got one class only" };
  const { positives, negatives, auc, perRow } = placed;
  if (positives < 2 || negatives < 2)
    return { reason: `expected at least 2 rows of each class, got ${positives} positive and ${negatives} negative` };
  const n = labels.length;
  // n/m makes the sum over positives a mean over all rows; the root makes its square DeLong's m - 1 variance.
  const ofPositive = (n / positives) * Math.sqrt(positives / (positives - 1));
  const ofNegative = (n / negatives) * Math.sqrt(negatives / (negatives - 1));
  const influence = perRow.map((value, row) => (value - auc) * (labels[row] === 1 ? ofPositive : ofNegative));
  return { value: auc, influence, scale: "rank", size: Math.min(positives, negatives), step: 0, corrected: true };
}
