import type { Numbers } from "./checks.ts";
import { stepUp } from "./step-up.ts";

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
