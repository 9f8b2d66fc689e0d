import { scoreOrder } from "./score-order.ts";

/** For every row the share of the other class that it is ranked rightly against, ties counting half. */
export interface Placements {
  readonly positives: number;
  readonly negatives: number;
  readonly auc: number;
  readonly perRow: Float64Array;
}

/**
 * DeLong's placement values by one sort instead of all pairs. O(n log n).
 *
 * @param labels  1 for the positive class, 0 for the other
 * @param scores  finite, larger = more likely positive
 * @returns undefined when one of the classes is absent
 * @see     Sun & Xu, "Fast implementation of DeLong's algorithm" (2014)
 */
export function placements(labels: Uint8Array, scores: Float64Array): Placements | undefined {
  const n = labels.length;
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const order = scoreOrder(scores);
  const perRow = new Float64Array(n);
  let positivesBelow = 0;
  let negativesBelow = 0;
  let wins = 0;
  for (let start = 0, end = 0; start < n; start = end) {
    const score = scores[order[start] ?? 0];
    let tiedPositives = 0;
    for (end = start; end < n && (end === start || scores[order[end] ?? 0] === score); end++)
      tiedPositives += labels[order[end] ?? 0] ?? 0;
    const tiedNegatives = end - start - tiedPositives;
    const ofPositive = (negativesBelow + tiedNegatives / 2) / negatives;
    const ofNegative = (positives - positivesBelow - tiedPositives / 2) / positives;
    for (let at = start; at < end; at++) {
      const row = order[at] ?? 0;
      perRow[row] = labels[row] === 1 ? ofPositive : ofNegative;
    }
    // Twice the wins, a whole number: exact up to 2^53 pairs.
    wins += tiedPositives * (2 * negativesBelow + tiedNegatives);
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
  }
  return { positives, negatives, auc: wins / 2 / positives / negatives, perRow };
}
