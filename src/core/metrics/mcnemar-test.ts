import betainc from "@stdlib/math-base-special-betainc";
import { DriftwardError } from "../errors.ts";

/**
 * McNemar's exact test whether two classifiers of the same rows are right equally often.
 *
 * Only rows that one of them gets right and the other wrong tell anything; if both are as good, each such row is a fair
 * coin. p = 2 P(Binomial(b + c, 1/2) <= min(b, c)), at most 1.
 *
 * @param onlyFirst   rows that only the first gets right, whole, >= 0
 * @param onlySecond  rows that only the second gets right, whole, >= 0
 * @returns the two-sided p-value; 1 when they never differ
 * @throws  InvalidInput when a count is no whole number of rows
 * @see     McNemar, "Note on the sampling error of the difference between correlated proportions" (1947)
 */
export function mcnemarTest(onlyFirst: number, onlySecond: number): number {
  for (const count of [onlyFirst, onlySecond])
    if (!(Number.isSafeInteger(count) && count >= 0))
      throw new DriftwardError("InvalidInput", `expected a whole number of rows, got ${count}`);
  const [less, more] = [Math.min(onlyFirst, onlySecond), Math.max(onlyFirst, onlySecond)];
  if (less === more) return 1;
  // P(Binomial(n, 1/2) <= k) = I_{1/2}(n - k, k + 1)
  return Math.min(1, 2 * betainc(0.5, more, less + 1));
}
