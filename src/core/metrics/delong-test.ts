import erfc from "@stdlib/math-base-special-erfc";
import { DriftwardError } from "../errors.ts";
import { finiteScores, zerosAndOnes } from "./binary-input.ts";
import type { Unmeasurable } from "./estimate.ts";
import { isUnmeasurable } from "./estimate.ts";
import { influenceVariance } from "./influence-variance.ts";
import { lineariseRocAuc } from "./linearise-roc-auc.ts";

/** Two areas under the ROC curve on the same rows, and whether they differ. */
export interface DelongResult {
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** of the difference */
  readonly standardError: number;
  /** two-sided; 1 when both rank every pair alike */
  readonly pValue: number;
}

/**
 * DeLong's test of two correlated areas under the ROC curve. O(n log n).
 *
 * @param labels  1 positive, 0 negative
 * @param first   finite scores, one a row
 * @param second  the other model's scores of the same rows
 * @returns a reason when there are fewer than two rows of a class
 * @throws  InvalidInput when the lengths differ, a score is not finite, or a label is neither 1 nor 0
 * @see     DeLong, DeLong & Clarke-Pearson, "Comparing the areas under two or more correlated ROC curves" (1988)
 */
export function delongTest(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): DelongResult | Unmeasurable {
  if (first.length !== labels.length || second.length !== labels.length)
    throw new DriftwardError(
      "InvalidInput",
      `expected ${labels.length} scores of each model, got ${first.length} and ${second.length}`,
    );
  if (labels.length === 0) return { reason: "expected labelled rows, got no rows" };
  const classes = zerosAndOnes(labels, "labels");
  const one = lineariseRocAuc(classes, finiteScores(first));
  const other = lineariseRocAuc(classes, finiteScores(second));
  if (isUnmeasurable(one)) return one;
  if (isUnmeasurable(other)) return other;
  const parts = one.influence.map((part, row) => part - (other.influence[row] ?? 0));
  const standardError = Math.sqrt(influenceVariance(parts, { count: labels.length }, true));
  const difference = one.value - other.value;
  const pValue =
    standardError === 0 ? Number(difference === 0) : erfc(Math.abs(difference) / standardError / Math.SQRT2);
  return { first: one.value, second: other.value, difference, standardError, pValue };
}
