import type { Unmeasurable } from "./estimate.ts";
import type { Linearised } from "./linearised.ts";
import { scoreOrder } from "./score-order.ts";

/**
 * Average precision with the influence of each row. O(n log n).
 *
 * AP is the mean, over the positives, of the precision P(s) among the rows scored at least s (ties together). A row moves
 * it as a positive of its own, and through the precision at every positive that is ranked no higher than it.
 *
 * @param labels  1 positive, 0 negative
 * @param scores  finite
 */
export function lineariseAveragePrecision(labels: Uint8Array, scores: Float64Array): Linearised | Unmeasurable {
  const n = labels.length;
  let positives = 0;
  for (const label of labels) positives += label;
  if (positives === 0 || positives === n) return { reason: "expected labels of both classes, got one class only" };
  const order = scoreOrder(scores);
  const influence = new Float64Array(n);
  let value = 0;
  let positivesAtLeast = positives;
  let inverse = 0;
  let weighted = 0;
  for (let start = 0, end = 0; start < n; start = end) {
    const score = scores[order[start] ?? 0];
    let tiedPositives = 0;
    for (end = start; end < n && (end === start || scores[order[end] ?? 0] === score); end++)
      tiedPositives += labels[order[end] ?? 0] ?? 0;
    const atLeast = n - start;
    const precision = positivesAtLeast / atLeast;
    value += (tiedPositives / positives) * precision;
    inverse += ((tiedPositives / positives) * n) / atLeast;
    weighted += ((tiedPositives / positives) * precision * n) / atLeast;
    for (let at = start; at < end; at++) {
      const row = order[at] ?? 0;
      influence[row] = labels[row] === 1 ? (n / positives) * precision + inverse - weighted : -weighted;
    }
    positivesAtLeast -= tiedPositives;
  }
  for (let row = 0; row < n; row++)
    if (labels[row] === 1) influence[row] = (influence[row] ?? 0) - (n / positives) * value;
  return { value: Math.min(1, value), influence, scale: "rank", size: positives, step: 0 };
}
