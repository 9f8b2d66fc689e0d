/** How many of the rows are probably which; fractions of rows, summing to their number. */
export interface ExpectedConfusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * The confusion matrix to expect before any label is known. O(n).
 *
 * @param probabilities  calibrated probability of the positive class, in [0, 1]
 * @param predicted      1 where the positive class was predicted
 */
export function expectedConfusion(probabilities: Float64Array, predicted: Uint8Array): ExpectedConfusion {
  let [truePositives, falsePositives, falseNegatives, trueNegatives] = [0, 0, 0, 0];
  for (let row = 0; row < probabilities.length; row++) {
    const probability = probabilities[row] ?? 0;
    if (predicted[row] === 1) {
      truePositives += probability;
      falsePositives += 1 - probability;
    } else {
      falseNegatives += probability;
      trueNegatives += 1 - probability;
    }
  }
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}
