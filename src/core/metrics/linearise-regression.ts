import type { Unmeasurable } from "./estimate.ts";
import { lineariseMean } from "./linearise-mean.ts";
import type { Linearised } from "./linearised.ts";
import type { MetricName } from "./metric-names.ts";
import { sum } from "./sum.ts";

/**
 * A metric of a regression model with each row's influence.
 *
 * @param labels     finite, at least one row
 * @param predicted  finite
 */
export function lineariseRegression(
  metric: MetricName,
  labels: Float64Array,
  predicted: Float64Array,
): Linearised | Unmeasurable {
  const noRows = { reason: "expected at least one row, got none" };
  const errors = predicted.map((value, row) => value - (labels[row] ?? 0));
  switch (metric) {
    case "mae":
      return lineariseMean(errors.map(Math.abs), "loss") ?? noRows;
    case "bias":
      return lineariseMean(errors, "signed") ?? noRows;
    case "mape":
      // A label of 0 has no percentage: such rows are left out and counted, not blown up.
      return (
        lineariseMean(
          errors.map((error, row) => (labels[row] === 0 ? Number.NaN : Math.abs(error / (labels[row] ?? 1)))),
          "loss",
        ) ?? { reason: "expected labels other than 0, got zeros only" }
      );
    case "rmse": {
      const squares = lineariseMean(
        errors.map((error) => error * error),
        "loss",
      );
      return squares === undefined ? noRows : rootOf(squares);
    }
    case "r2":
      return lineariseRSquared(labels, errors);
    default:
      return { reason: `expected a metric of regression models, got ${metric}` };
  }
}

/** sqrt of a mean of squares; d sqrt(m) = dm / (2 sqrt(m)). */
function rootOf(squares: Linearised): Linearised {
  const value = Math.sqrt(squares.value);
  const influence = value === 0 ? squares.influence : squares.influence.map((part) => part / (2 * value));
  return { ...squares, value, influence, scale: "root" };
}

/** R² = 1 - mean(error²) / var(label); the mean of the labels has no influence of first order on their variance. */
function lineariseRSquared(labels: Float64Array, errors: Float64Array): Linearised | Unmeasurable {
  const n = labels.length;
  const centre = sum(labels) / n;
  const spread = labels.map((label) => (label - centre) ** 2);
  const variance = sum(spread) / n;
  const first = labels[0];
  // Equal labels can leave a rounding error of the mean as "variance".
  if (variance === 0 || labels.every((label) => label === first))
    return { reason: "expected labels that differ, got one value only" };
  const unexplained = sum(errors.map((error) => error * error)) / n / variance;
  const influence = errors.map((error, row) => (unexplained * (spread[row] ?? 0) - error * error) / variance);
  return { value: 1 - unexplained, influence, scale: "explained", size: n, step: 0 };
}
