/**
 * On which scale an interval is laid around a value, so that it covers well near the ends of the metric's range.
 *
 * - proportion: Wilson on the effective number of rows
 * - share: within [0, 1] but no single proportion; Wilson on the size its variance implies
 * - rank: within [0, 1], on the logit scale
 * - loss: a mean of losses, never below 0 · signed: a mean that may be negative
 * - root: on the logarithm · explained: 1 - ratio, on the logarithm of the ratio
 */
export type Scale = "proportion" | "share" | "rank" | "loss" | "signed" | "root" | "explained";

/** An increasing map and its derivative. */
export interface MonotoneMap {
  readonly to: (value: number) => number;
  readonly slope: (value: number) => number;
}

/** A metric's value and what every row contributes to its error. */
export interface Linearised {
  readonly value: number;
  /** per row, summing to 0; the mean of these over independent rows is the estimate's error to first order */
  readonly influence: Float64Array;
  readonly scale: Scale;
  /** how many rows the metric rests on: its denominator, the smaller class of a ranking */
  readonly size: number;
  /** rows of the metric as a user counts them, where it is not all of them */
  readonly rows?: number;
  /** what one more row that falls the other way would change; 0 for metrics without such jumps */
  readonly step: number;
  /** how much the value may lie above the truth on average (calibration error is never negative) */
  readonly bias?: number;
  /** the interval's scale to the metric's: f1 is a monotone map of a proportion */
  readonly toMetric?: MonotoneMap;
  /** the influences carry their small-sample factor */
  readonly corrected?: boolean;
}
