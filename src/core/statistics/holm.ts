import { ascending } from "./ascending.ts";
import type { Numbers } from "./checks.ts";

/**
 * Holm's step-down correction: p values adjusted so that rejecting those at most alpha keeps the chance of any false
 * rejection at alpha, however the tests depend on one another.
 *
 * Ascending p_(1) … p_(k): adjusted p_(i) = max over j <= i of min(1, (k - j + 1) · p_(j)). O(k log k).
 *
 * @param pValues  probabilities in [0, 1], of any order; may be empty
 * @returns adjusted p in the order given
 * @throws  InvalidInput when a p is not in [0, 1]
 * @see     Holm, "A simple sequentially rejective multiple test procedure" (1979)
 */
export function holm(pValues: Numbers): number[] {
  const order = ascending(pValues);
  const adjusted = Array.from({ length: order.length }, () => 1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * (pValues[index] as number)));
    adjusted[index] = largest;
  }
  return adjusted;
}
