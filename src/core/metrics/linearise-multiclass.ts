import type { Unmeasurable } from "./estimate.ts";
import { lineariseProportion } from "./linearise-proportion.ts";
import type { Linearised } from "./linearised.ts";
import type { MetricName } from "./metric-names.ts";
import { f1OfClass, multiclassConfusion } from "./multiclass-confusion.ts";

/**
 * A metric of the predicted classes of a model with several, with each row's influence.
 *
 * @param labels      class numbers, at least one row
 * @param predicted   class numbers
 * @param classes     how many classes there are, labelled or predicted
 */
export function lineariseMulticlass(
  metric: MetricName,
  labels: Int32Array,
  predicted: Int32Array,
  classes: number,
): Linearised | Unmeasurable {
  switch (metric) {
    case "accuracy": {
      const right = Uint8Array.from(labels, (label, row) => (label === predicted[row] ? 1 : 0));
      const every = new Uint8Array(labels.length).fill(1);
      return lineariseProportion(right, every) ?? { reason: "expected at least one row, got none" };
    }
    case "macro_f1":
      return lineariseMacroF1(labels, predicted, classes);
    default:
      return { reason: `expected a metric of predicted classes, got ${metric}` };
  }
}

/** The mean of the classes' F1 = 2 TP / (labelled + predicted); each row moves the class it has and the one it got. */
function lineariseMacroF1(labels: Int32Array, predicted: Int32Array, classes: number): Linearised {
  const n = labels.length;
  const confusion = multiclassConfusion(labels, predicted, classes);
  const f1 = confusion.truePositives.map((_, which) => f1OfClass(confusion, which));
  const size = confusion.labelled.map((labelled, which) => labelled + (confusion.predicted[which] ?? 0));
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const label = labels[row] ?? 0;
    const guess = predicted[row] ?? 0;
    const share = (which: number) => (f1[which] ?? 0) / (size[which] ?? 1);
    const hit = label === guess ? 2 / (size[label] ?? 1) : 0;
    influence[row] = ((hit - share(label) - share(guess)) * n) / classes;
  }
  const value = f1.reduce((total, part) => total + part, 0) / classes;
  const smallest = size.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY) / 2;
  return { value, influence, scale: "share", size: smallest, rows: n, step: 1 / (smallest * classes) };
}
