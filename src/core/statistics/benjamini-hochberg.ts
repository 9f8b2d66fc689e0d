import type { Numbers } from "./checks.ts";
import { ascending } from "./holm.ts";

/**
 * Benjamini and Hochberg's correction: rejecting adjusted p at most alpha keeps the expected share of false rejections
 * at alpha when the tests are independent or positively dependent.
 *
 * Ascending p_(1) … p_(k): adjusted p_(i) = min over j >= i of min(1, k · p_(j) / j). O(k log k).
 *
 * @param pValues  probabilities in [0, 1], of any order; may be empty
 * @returns adjusted p in the order given
 * @throws  InvalidInput when a p is not in [0, 1]
 * @see     Benjamini & Hochberg, "Controlling the false discovery rate" (1995)
 */
export function benjaminiHochberg(pValues: Numbers): number[] {
  return stepUp(pValues, 1);
}

/**
 * Benjamini and Yekutieli's correction: as `benjaminiHochberg`, under any dependence, at the price of a factor
 * 1 + 1/2 + … + 1/k. O(k log k).
 *
 * @param pValues  probabilities in [0, 1], of any order; may be empty
 * @returns adjusted p in the order given
 * @throws  InvalidInput when a p is not in [0, 1]
 * @see     Benjamini & Yekutieli, "The control of the false discovery rate in multiple testing under dependency" (2001)
 */
export function benjaminiYekutieli(pValues: Numbers): number[] {
  let harmonic = 0;
  for (let i = 1; i <= pValues.length; i += 1) harmonic += 1 / i;
  return stepUp(pValues, harmonic);
}

function stepUp(pValues: Numbers, factor: number): number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(order.length).fill(1);
  let smallest = 1;
  for (const [rank, index] of [...order.entries()].reverse()) {
    smallest = Math.min(smallest, ((pValues[index] as number) * factor * order.length) / (rank + 1));
    adjusted[index] = smallest;
  }
  return adjusted;
}
