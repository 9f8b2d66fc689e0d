import type { Clusters } from "./clusters.ts";
import type { Unmeasurable } from "./estimate.ts";
import { lineariseAveragePrecision } from "./linearise-average-precision.ts";
import { lineariseCalibrationError } from "./linearise-calibration-error.ts";
import { lineariseMean } from "./linearise-mean.ts";
import { lineariseProportion } from "./linearise-proportion.ts";
import { lineariseRocAuc } from "./linearise-roc-auc.ts";
import type { Linearised, MonotoneMap } from "./linearised.ts";
import { rowBinaryLogLoss } from "./log-loss.ts";
import type { MetricName } from "./metric-names.ts";

/**
 * A metric of a binary model with each row's influence.
 *
 * @param labels  1 positive, 0 negative; at least one row
 * @param given   the scores for metrics of the score, else the predicted class as 1 or 0
 */
export function lineariseBinary(
  metric: MetricName,
  labels: Uint8Array,
  given: Float64Array,
  clusters: Clusters,
): Linearised | Unmeasurable {
  switch (metric) {
    case "roc_auc":
      return lineariseRocAuc(labels, given);
    case "average_precision":
      return lineariseAveragePrecision(labels, given);
    case "log_loss":
      return ofMean(given.map((score, row) => rowBinaryLogLoss(labels[row] ?? 0, score)));
    case "brier":
      return ofMean(given.map((score, row) => (score - (labels[row] ?? 0)) ** 2));
    case "calibration_error":
      return lineariseCalibrationError(labels, given, clusters);
    default:
      return ofClasses(metric, labels, given);
  }
}

function ofMean(losses: Float64Array): Linearised | Unmeasurable {
  return lineariseMean(losses, "loss") ?? { reason: "expected at least one row, got none" };
}

function ofClasses(metric: MetricName, labels: Uint8Array, predicted: Float64Array): Linearised | Unmeasurable {
  const right = labels.map((label, row) => (label === predicted[row] ? 1 : 0));
  const found = labels.map((label, row) => (label === 1 && predicted[row] === 1 ? 1 : 0));
  switch (metric) {
    case "accuracy":
      return lineariseProportion(right, new Uint8Array(labels.length).fill(1)) ?? noRows;
    case "precision":
      return (
        lineariseProportion(found, Uint8Array.from(predicted)) ?? {
          reason: "expected rows predicted positive, got none",
        }
      );
    case "recall":
      return lineariseProportion(found, labels) ?? { reason: "expected rows labelled positive, got none" };
    case "f1": {
      const either = labels.map((label, row) => (label === 1 || predicted[row] === 1 ? 1 : 0));
      // f1 = 2 TP / (2 TP + FP + FN), and with s = TP / (TP + FP + FN) that is 2 s / (1 + s).
      return (
        lineariseProportion(found, either, f1OfShare) ?? {
          reason: "expected rows labelled or predicted positive, got none",
        }
      );
    }
    default:
      return { reason: `expected a metric of binary models, got ${metric}` };
  }
}

const f1OfShare: MonotoneMap = {
  to: (share) => (2 * share) / (1 + share),
  slope: (share) => 2 / (1 + share) ** 2,
};

const noRows: Unmeasurable = { reason: "expected at least one row, got none" };
