import { DriftwardError } from "../errors.ts";
import { zerosAndOnes } from "./binary-input.ts";
import { calibrateScore } from "./calibrate-score.ts";
import type { Unmeasurable } from "./estimate.ts";
import { expectedConfusion } from "./expected-confusion.ts";
import { expectedRocAuc } from "./expected-roc-auc.ts";
import type { CalibrationKnots } from "./isotonic-calibration.ts";
import { rowBinaryLogLoss } from "./log-loss.ts";
import type { MetricName } from "./metric-names.ts";

/** Predictions of a binary model whose labels are not known yet. */
export interface UnlabelledRows {
  /** in [0, 1] */
  readonly scores: ArrayLike<number>;
  /** 1 where the positive class was predicted, else 0; one a score */
  readonly predicted: ArrayLike<number>;
}

interface NumberedRows {
  readonly scores: Float64Array;
  readonly predicted: Uint8Array;
}

/**
 * Confidence-based performance estimation: what a metric of a binary model probably is while labels are outstanding.
 *
 * It holds as long as scores mean what they meant on the baseline: it sees what covariate drift does to performance and is
 * blind to concept drift, so it never replaces labels.
 *
 * @param knots  of the baseline's `isotonicCalibration`; without them the scores are taken as calibrated
 * @throws InvalidInput when there is not a prediction, 1 or 0, for each score, or knots are empty
 * @see   Białek et al., "Estimating model performance under covariate shift without labels" (2024)
 */
export function expectPerformance(
  metric: MetricName,
  given: UnlabelledRows,
  knots?: CalibrationKnots,
): { readonly value: number; readonly n: number } | Unmeasurable {
  const n = given.scores.length;
  if (given.predicted.length !== n)
    throw new DriftwardError(
      "InvalidInput",
      `expected a prediction for each of ${n} scores, got ${given.predicted.length}`,
    );
  if (knots?.length === 0)
    throw new DriftwardError("InvalidInput", "expected knots of a calibration, got an empty list", {
      hint: "leave knots out where scores are calibrated, or make them with isotonicCalibration",
    });
  const rows = { scores: Float64Array.from(given.scores), predicted: zerosAndOnes(given.predicted, "predictions") };
  if (n === 0) return { reason: "expected at least one row with a score, got none" };
  const outside = rows.scores.find((score) => !(score >= 0 && score <= 1));
  if (outside !== undefined) return { reason: `expected scores from 0 to 1, got ${outside}` };
  const probabilities = knots === undefined ? rows.scores : rows.scores.map((score) => calibrateScore(knots, score));
  const value = expectedMetric(metric, rows, probabilities);
  if (value === undefined)
    return { reason: `expected a metric that can be estimated from these scores, got ${metric}` };
  return Number.isFinite(value)
    ? { value, n }
    : { reason: `expected rows of both classes for ${metric}, got one only` };
}

function expectedMetric(metric: MetricName, rows: NumberedRows, probabilities: Float64Array): number | undefined {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = expectedConfusion(
    probabilities,
    rows.predicted,
  );
  // The score is judged as the model gave it; calibration only says how likely either label is.
  const expectedLoss = (loss: (label: number, score: number) => number) =>
    rows.scores.reduce((total, score, row) => {
      const probability = probabilities[row] ?? 0;
      return total + probability * loss(1, score) + (1 - probability) * loss(0, score);
    }, 0) / rows.scores.length;
  switch (metric) {
    case "accuracy":
      return (truePositives + trueNegatives) / probabilities.length;
    case "precision":
      return truePositives / (truePositives + falsePositives);
    case "recall":
      return truePositives / (truePositives + falseNegatives);
    case "f1":
      return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
    case "brier":
      return expectedLoss((label, score) => (score - label) ** 2);
    case "log_loss":
      return expectedLoss(rowBinaryLogLoss);
    case "roc_auc":
      return expectedRocAuc(rows.scores, probabilities) ?? Number.NaN;
    default:
      return undefined;
  }
}
