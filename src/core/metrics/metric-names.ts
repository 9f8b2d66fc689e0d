/** The kinds of models whose performance can be measured. */
export type Task = "binary" | "multiclass" | "regression";

/** The metrics a policy can name. `bias` is mean(prediction - label); `mape` leaves out rows whose label is 0. */
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
  multiclass: ["accuracy", "macro_f1", "log_loss"],
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

/** Metrics of the binary task that are computed from the score and not from the predicted class. */
export const metricsOfScore: ReadonlySet<MetricName> = new Set([
  "roc_auc",
  "average_precision",
  "log_loss",
  "brier",
  "calibration_error",
]);
