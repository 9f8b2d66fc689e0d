import { type Numbers, requireProbability } from "./checks.ts";

/**
 * Bonferroni's correction: adjusted p = min(1, k · p). Bounds the chance of any false rejection. O(k).
 *
 * @param pValues  probabilities in [0, 1]; may be empty
 * @returns adjusted p in the order given
 * @throws  InvalidInput when a p is not in [0, 1]
 * @see     Dunn, "Multiple comparisons among means" (1961)
 */
export function bonferroni(pValues: Numbers): number[] {
  return Array.from(pValues, (p) => {
    requireProbability(p, "a p value");
    return Math.min(1, p * pValues.length);
  });
}
