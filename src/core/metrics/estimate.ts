/** How the ends of an estimate's interval were found. */
export type IntervalMethod = "wilson" | "delong" | "linearised" | "student" | "bootstrap" | "square-and-add";

/**
 * A metric with its confidence interval (95 % unless asked otherwise); every number is finite and lower <= value <= upper.
 *
 * `n` is the number of rows the metric rests on; `excluded` how many were left out because a value was missing (or, for
 * mape, the label was 0); `seed` is there when resampling was used, so that the interval can be recomputed.
 */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly n: number;
  readonly excluded?: number;
  readonly method?: IntervalMethod;
  readonly seed?: number;
}

/** Why a metric cannot be given for these rows. */
export interface Unmeasurable {
  readonly reason: string;
}

export function isUnmeasurable(result: object): result is Unmeasurable {
  return "reason" in result;
}
