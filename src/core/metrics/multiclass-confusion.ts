/** Per class: rows of it found, rows labelled with it, rows predicted as it. */
export interface MulticlassConfusion {
  readonly truePositives: Float64Array;
  readonly labelled: Float64Array;
  readonly predicted: Float64Array;
}

/**
 * Counts per class. O(n).
 *
 * @param labels     class numbers in [0, classes)
 * @param predicted  class numbers in [0, classes), as long as `labels`
 */
export function multiclassConfusion(labels: Int32Array, predicted: Int32Array, classes: number): MulticlassConfusion {
  const truePositives = new Float64Array(classes);
  const labelledCount = new Float64Array(classes);
  const predictedCount = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? 0;
    const guess = predicted[row] ?? 0;
    labelledCount[label] = (labelledCount[label] ?? 0) + 1;
    predictedCount[guess] = (predictedCount[guess] ?? 0) + 1;
    if (label === guess) truePositives[label] = (truePositives[label] ?? 0) + 1;
  }
  return { truePositives, labelled: labelledCount, predicted: predictedCount };
}

/** F1 of one class, 0 for a class that is neither labelled nor predicted (scikit-learn's zero_division=0). */
export function f1OfClass(confusion: MulticlassConfusion, which: number): number {
  const size = (confusion.labelled[which] ?? 0) + (confusion.predicted[which] ?? 0);
  return size === 0 ? 0 : (2 * (confusion.truePositives[which] ?? 0)) / size;
}
