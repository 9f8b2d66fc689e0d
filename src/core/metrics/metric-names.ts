/** The kinds of models whose performance can be measured. */
export type Task = "binary" | "multiclass" | "regression";

/**
 * The metrics a policy can name. `bias` is mean(prediction - label); `mape` leaves out rows whose label is 0.
 *
 * Of models with several classes, `roc_auc` is the mean over the classes that two rows or more are labelled with, of each against the rest,
 * `brier` the squared distance of all scores of a row from what happened (0 to 2), and `calibration_error` that of the
 * score of the class with the highest one.
 */
export type MetricName =
  | "roc_auc"
  | "average_precision"
  | "log_loss"
  | "brier"
  | "calibration_error"
  | "accuracy"
  | "precision"
  | "recall"
  | "f1"
  | "macro_f1"
  | "mae"
  | "rmse"
  | "mape"
  | "r2"
  | "bias";

export const metricsOf: Readonly<Record<Task, readonly MetricName[]>> = {
  binary: [
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier",
    "calibration_error",
    "accuracy",
    "precision",
    "recall",
    "f1",
  ],
  multiclass: ["accuracy", "macro_f1", "log_loss", "roc_auc", "brier", "calibration_error"],
  regression: ["mae", "rmse", "mape", "r2", "bias"],
};

/** Whether a larger value is a better model. `bias` is best at 0: `worsening` compares its absolute values. */
export const higherIsBetter: Readonly<Record<MetricName, boolean>> = {
  roc_auc: true,
  average_precision: true,
  log_loss: false,
  brier: false,
  calibration_error: false,
  accuracy: true,
  precision: true,
  recall: true,
  f1: true,
  macro_f1: true,
  mae: false,
  rmse: false,
  mape: false,
  r2: true,
  bias: false,
};

/**
 * Metrics that are computed from scores and not from the predicted class: from the score of a binary model, from the scores
 * of all classes of one with several.
 */
export const metricsOfScore: ReadonlySet<MetricName> = new Set([
  "roc_auc",
  "average_precision",
  "log_loss",
  "brier",
  "calibration_error",
]);
