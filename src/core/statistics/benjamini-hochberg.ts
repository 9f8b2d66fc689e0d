import type { Numbers } from "./checks.ts";
import { stepUp } from "./step-up.ts";

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
