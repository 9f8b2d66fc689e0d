import { scoreOrder } from "./score-order.ts";

/**
 * The area under the ROC curve to expect before any label is known: each row counts as `probability` of a positive and
 * the rest of a negative, and rows of equal score are ranked together. O(n log n).
 *
 * @param scores         what the model ranks by
 * @param probabilities  calibrated probability of the positive class, in [0, 1]
 * @returns undefined when all rows are certain to be of one class
 */
export function expectedRocAuc(scores: Float64Array, probabilities: Float64Array): number | undefined {
  const order = scoreOrder(scores);
  let positives = 0;
  let negatives = 0;
  let area = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const score = scores[order[start] ?? 0];
    let tiedPositives = 0;
    for (end = start; end < order.length && (end === start || scores[order[end] ?? 0] === score); end++)
      tiedPositives += probabilities[order[end] ?? 0] ?? 0;
    const tiedNegatives = end - start - tiedPositives;
    area += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives > 0 && negatives > 0 ? area / positives / negatives : undefined;
}
