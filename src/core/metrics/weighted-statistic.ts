import type { WeightedStatistic } from "./bootstrap-interval.ts";
import { calibrationBin, calibrationBins } from "./calibration-error.ts";
import type { Clusters } from "./clusters.ts";
import { rowBinaryLogLoss } from "./log-loss.ts";
import type { MetricName } from "./metric-names.ts";
import type { PreparedRows, Ranking } from "./prepare-rows.ts";
import { scoreOrder } from "./score-order.ts";

/** The numbers a metric is made of, added up over rows, and what is made of their sums. */
interface Additive {
  readonly width: number;
  readonly add: (row: number, into: Float64Array, at: number) => void;
  readonly finish: (sums: Float64Array) => number | undefined;
}

/** A metric as a function of how often each unit is counted; ready to be called thousands of times. */
export function weightedStatistic(metric: MetricName, rows: PreparedRows, clusters: Clusters): WeightedStatistic {
  if (rows.kind === "rankings") return ofRankings(metric, rows.rankings, clusters);
  if (rows.kind === "binary" && (metric === "roc_auc" || metric === "average_precision"))
    return ofRanking(metric, rows.labels, rows.given, clusters);
  const n = rows.kind === "losses" ? rows.losses.length : rows.labels.length;
  return ofSums(additive(metric, rows), n, clusters);
}

function ofSums({ width, add, finish }: Additive, n: number, clusters: Clusters): WeightedStatistic {
  const perUnit = new Float64Array(clusters.count * width);
  for (let row = 0; row < n; row++) add(row, perUnit, (clusters.index?.[row] ?? row) * width);
  const sums = new Float64Array(width);
  return (weights) => {
    sums.fill(0);
    for (let unit = 0, cell = 0; unit < weights.length; unit++) {
      const weight = weights[unit] ?? 0;
      if (weight === 0) cell += width;
      else
        for (let column = 0; column < width; column++, cell++)
          sums[column] = (sums[column] ?? 0) + weight * (perUnit[cell] ?? 0);
    }
    return finish(sums);
  };
}

function additive(metric: MetricName, rows: Exclude<PreparedRows, { readonly kind: "rankings" }>): Additive {
  switch (rows.kind) {
    case "binary":
      return ofBinary(metric, rows.labels, rows.given);
    case "regression":
      return ofRegression(metric, rows.labels, rows.predicted);
    case "classes":
      return ofClasses(metric, rows.labels, rows.predicted, rows.classes);
    case "losses":
      return ratio((row) => [rows.losses[row] ?? 0, 1]);
    default:
      return rows satisfies never;
  }
}

function ratio(of: (row: number) => readonly [number, number], map = (value: number) => value): Additive {
  return {
    width: 2,
    add: (row, into, at) => {
      const [part, whole] = of(row);
      into[at] = (into[at] ?? 0) + part;
      into[at + 1] = (into[at + 1] ?? 0) + whole;
    },
    finish: ([part = 0, whole = 0]) => (whole === 0 ? undefined : map(part / whole)),
  };
}

function ofBinary(metric: MetricName, labels: Uint8Array, given: Float64Array): Additive {
  const label = (row: number) => labels[row] ?? 0;
  const value = (row: number) => given[row] ?? 0;
  switch (metric) {
    case "log_loss":
      return ratio((row) => [rowBinaryLogLoss(label(row), value(row)), 1]);
    case "brier":
      return ratio((row) => [(value(row) - label(row)) ** 2, 1]);
    case "precision":
      return ratio((row) => [label(row) * value(row), value(row)]);
    case "recall":
      return ratio((row) => [label(row) * value(row), label(row)]);
    case "f1":
      return ratio((row) => [2 * label(row) * value(row), label(row) + value(row)]);
    case "calibration_error":
      return {
        width: calibrationBins + 1,
        add: (row, into, at) => {
          const bin = at + calibrationBin(value(row));
          into[bin] = (into[bin] ?? 0) + label(row) - value(row);
          into[at + calibrationBins] = (into[at + calibrationBins] ?? 0) + 1;
        },
        finish: (sums) =>
          sums.subarray(0, calibrationBins).reduce((total, gap) => total + Math.abs(gap), 0) /
          (sums[calibrationBins] ?? 1),
      };
    default:
      return ratio((row) => [Number(label(row) === value(row)), 1]);
  }
}

function ofRegression(metric: MetricName, labels: Float64Array, predicted: Float64Array): Additive {
  const error = (row: number) => (predicted[row] ?? 0) - (labels[row] ?? 0);
  switch (metric) {
    case "bias":
      return ratio((row) => [error(row), 1]);
    case "rmse":
      return ratio((row) => [error(row) ** 2, 1], Math.sqrt);
    case "mape":
      return ratio((row) => (labels[row] === 0 ? [0, 0] : [Math.abs(error(row) / (labels[row] ?? 1)), 1]));
    case "r2": {
      // Sums of squares around any fixed point give the variance; one near the mean keeps its digits.
      const origin = labels.reduce((total, one) => total + one / labels.length, 0);
      return {
        width: 4,
        add: (row, into, at) => {
          const part = [error(row) ** 2, (labels[row] ?? 0) - origin, ((labels[row] ?? 0) - origin) ** 2, 1];
          for (const [column, one] of part.entries()) into[at + column] = (into[at + column] ?? 0) + one;
        },
        finish: ([unexplained = 0, first = 0, second = 0, count = 0]) => {
          const spread = second - (first * first) / count;
          return spread > 0 ? 1 - unexplained / spread : undefined;
        },
      };
    }
    default:
      return ratio((row) => [Math.abs(error(row)), 1]);
  }
}

function ofClasses(metric: MetricName, labels: Int32Array, predicted: Int32Array, classes: number): Additive {
  if (metric === "accuracy") return ratio((row) => [Number(labels[row] === predicted[row]), 1]);
  return {
    width: 2 * classes,
    add: (row, into, at) => {
      const [label = 0, guess = 0] = [labels[row], predicted[row]];
      if (label === guess) into[at + label] = (into[at + label] ?? 0) + 2;
      for (const which of [label, guess]) into[at + classes + which] = (into[at + classes + which] ?? 0) + 1;
    },
    finish: (sums) => {
      let total = 0;
      let present = 0;
      for (let which = 0; which < classes; which++) {
        const size = sums[classes + which] ?? 0;
        if (size === 0) continue;
        present += 1;
        total += (sums[which] ?? 0) / size;
      }
      return present === 0 ? undefined : total / present;
    },
  };
}

/** The mean over the classes; one that a resample has no row of is left out there, as it would be of those rows. */
function ofRankings(metric: MetricName, rankings: readonly Ranking[], clusters: Clusters): WeightedStatistic {
  const each = rankings.map(({ labels, scores }) => ofRanking(metric, labels, scores, clusters));
  return (weights) => {
    const values = each.flatMap((one) => one(weights) ?? []);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0) / values.length;
  };
}

/** Sorted once; every resample is then one walk from the highest score down. */
function ofRanking(
  metric: MetricName,
  labels: Uint8Array,
  scores: Float64Array,
  clusters: Clusters,
): WeightedStatistic {
  const order = scoreOrder(scores).reverse();
  const positive = Uint8Array.from(order, (row) => labels[row] ?? 0);
  const unit = Uint32Array.from(order, (row) => clusters.index?.[row] ?? row);
  const lastOfTie = Uint8Array.from(order, (row, at) => Number(scores[row] !== scores[order[at + 1] ?? -1]));
  return (weights) => {
    let [hits, misses, tiedHits, tiedMisses, area, precisions] = [0, 0, 0, 0, 0, 0];
    for (let at = 0; at < order.length; at++) {
      const weight = weights[unit[at] ?? 0] ?? 0;
      if (positive[at] === 1) tiedHits += weight;
      else tiedMisses += weight;
      if (lastOfTie[at] === 0) continue;
      area += tiedMisses * (hits + tiedHits / 2);
      hits += tiedHits;
      misses += tiedMisses;
      if (tiedHits > 0) precisions += (tiedHits * hits) / (hits + misses);
      tiedHits = 0;
      tiedMisses = 0;
    }
    if (hits === 0 || misses === 0) return undefined;
    return metric === "roc_auc" ? area / hits / misses : precisions / hits;
  };
}
