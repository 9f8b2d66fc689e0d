/** Counts of a binary model's answers. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * Counts the four kinds of answers. O(n).
 *
 * @param labels     1 positive, 0 negative
 * @param predicted  the same, as long as `labels`
 */
export function confusionOf(labels: Uint8Array, predicted: Uint8Array): Confusion {
  const cells = [0, 0, 0, 0] as [number, number, number, number];
  for (let row = 0; row < labels.length; row++) {
    const cell = (2 * (labels[row] ?? 0) + (predicted[row] ?? 0)) as 0 | 1 | 2 | 3;
    cells[cell] += 1;
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = cells;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}
