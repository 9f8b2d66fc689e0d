import type { IntervalMethod } from "./estimate.ts";
import type { Linearised } from "./linearised.ts";
import { studentQuantile } from "./student-quantile.ts";
import { wilsonInterval } from "./wilson-interval.ts";

/** What an interval is made from besides the metric itself. */
export interface Spread {
  /** of the value on the scale of the influences */
  readonly variance: number;
  readonly rows: number;
  readonly clusters: number;
  /** rows are known not to depend on each other: neither entities nor a design effect were given */
  readonly independent: boolean;
  readonly confidence: number;
  /** variance over that of independent rows, measured elsewhere; at least 1 */
  readonly designEffect: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly method: IntervalMethod;
}

/** The interval around a metric, laid on the metric's own scale; see `Scale`. */
export function intervalOf(metric: Linearised, spread: Spread): Interval {
  const { value, scale, toMetric } = metric;
  const error = Math.sqrt(spread.variance);
  const quantile = studentQuantile(spread.confidence, spread.independent ? undefined : spread.clusters - 1);
  const student = studentQuantile(spread.confidence, spread.clusters - 1) * error;
  const bias = metric.bias ?? 0;
  switch (scale) {
    case "proportion": {
      const [lower, upper] = wilson(value, effectiveSize(metric, spread), spread.confidence, quantile);
      const map = toMetric?.to ?? ((end: number) => end);
      return { lower: map(lower), upper: map(upper), method: "wilson" };
    }
    case "share":
    case "rank": {
      if (spread.variance === 0 || value <= 0 || value >= 1) {
        const inside = value > 0 && value < 1;
        // A ranking without an error has no measured spread: it says no more than as many hits in a row would.
        const [lower, upper] = inside
          ? [value, value]
          : wilson(value, effectiveSize(metric, spread), spread.confidence, quantile);
        return { lower, upper, method: inside ? "linearised" : "wilson" };
      }
      return logitInterval(value, quantile * error, metric.corrected === true ? "delong" : "linearised");
    }
    case "loss":
      return { lower: Math.max(0, value - bias - student), upper: value + student, method: "student" };
    case "signed":
      return { lower: value - student, upper: value + student, method: "student" };
    case "root": {
      // A mean of squares is skewed: on the logarithm the upper end reaches as far as it must.
      const factor = value === 0 ? 1 : Math.exp(student / value);
      return { lower: value / factor, upper: value * factor, method: "student" };
    }
    case "explained": {
      const ratio = 1 - value;
      const factor = ratio === 0 ? 1 : Math.exp(student / ratio);
      return { lower: 1 - ratio * factor, upper: 1 - ratio / factor, method: "linearised" };
    }
    default:
      return scale satisfies never;
  }
}

/** How many independent rows would know the value as well; never more than there are. */
function effectiveSize(metric: Linearised, spread: Spread): number {
  const { value, size } = metric;
  if (spread.independent && metric.scale === "proportion") return size;
  const ofClusters = (size * spread.clusters) / spread.rows / spread.designEffect;
  if (value <= 0 || value >= 1 || spread.variance === 0) return ofClusters;
  return Math.min(size / spread.designEffect, (value * (1 - value)) / spread.variance);
}

function wilson(share: number, size: number, confidence: number, quantile: number): readonly [number, number] {
  const bounded = Math.min(1, Math.max(0, share));
  return wilsonInterval(bounded * size, size, confidence, quantile);
}

function logitInterval(value: number, half: number, method: IntervalMethod): Interval {
  const logit = Math.log(value / (1 - value));
  const onLogit = half / (value * (1 - value));
  const back = (x: number) => 1 / (1 + Math.exp(-x));
  // Rounding of the two maps must not push an end past the value.
  return { lower: Math.min(value, back(logit - onLogit)), upper: Math.max(value, back(logit + onLogit)), method };
}
