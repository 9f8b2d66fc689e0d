import type { Clusters } from "./clusters.ts";
import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { lineariseBinary } from "./linearise-binary.ts";
import { lineariseMulticlass } from "./linearise-multiclass.ts";
import { lineariseRegression } from "./linearise-regression.ts";
import type { Linearised } from "./linearised.ts";
import { type MetricName, metricsOfScore } from "./metric-names.ts";
import type { ScoredRows, Values } from "./scored-rows.ts";

const probabilityMetrics: ReadonlySet<MetricName> = new Set(["log_loss", "brier", "calibration_error"]);

/**
 * A metric over the rows that are kept, with each kept row's influence.
 *
 * @param input  what `inputOf` gave
 * @param kept   positions without missing values
 */
export function lineariseRows(
  metric: MetricName,
  rows: ScoredRows,
  input: Values,
  kept: Uint32Array,
  clusters: Clusters,
): Linearised | Unmeasurable {
  if (kept.length === 0) return { reason: "expected at least one row with a label and a prediction, got none" };
  const result = byTask(metric, rows, input, kept, clusters);
  if (!isUnmeasurable(result) && !(Number.isFinite(result.value) && result.influence.every(Number.isFinite)))
    return { reason: `expected a finite ${metric}, got a number too large to compute with` };
  return result;
}

function byTask(
  metric: MetricName,
  rows: ScoredRows,
  input: Values,
  kept: Uint32Array,
  clusters: Clusters,
): Linearised | Unmeasurable {
  switch (rows.task) {
    case "regression": {
      const labels = numbersAt(rows.labels, kept, "label");
      const predicted = numbersAt(input, kept, "prediction");
      if (isUnmeasurable(labels)) return labels;
      if (isUnmeasurable(predicted)) return predicted;
      return lineariseRegression(metric, labels, predicted);
    }
    case "binary": {
      const labels = classesAt(rows.labels, kept, rows.positive, "label");
      const given = metricsOfScore.has(metric)
        ? scoresAt(metric, input, kept)
        : classesAt(input, kept, rows.positive, "prediction");
      if (isUnmeasurable(labels)) return labels;
      if (isUnmeasurable(given)) return given;
      return lineariseBinary(metric, labels, Float64Array.from(given), clusters);
    }
    case "multiclass": {
      const numbers = new Map<string, number>();
      const labels = numberedAt(rows.labels, kept, numbers);
      if (metric !== "log_loss")
        return lineariseMulticlass(metric, labels, numberedAt(input, kept, numbers), numbers.size, undefined);
      const ofLabel = scoresAt(metric, input, kept);
      if (isUnmeasurable(ofLabel)) return ofLabel;
      return lineariseMulticlass(metric, labels, labels, numbers.size, ofLabel);
    }
    default:
      return rows.task satisfies never;
  }
}

function numbersAt(values: Values, kept: Uint32Array, what: string): Float64Array | Unmeasurable {
  const result = new Float64Array(kept.length);
  for (const [position, row] of kept.entries()) {
    const value = Number(values[row]);
    if (!Number.isFinite(value)) return { reason: `expected finite numbers, got the ${what} ${values[row]}` };
    result[position] = value;
  }
  return result;
}

function scoresAt(metric: MetricName, values: Values, kept: Uint32Array): Float64Array | Unmeasurable {
  const scores = numbersAt(values, kept, "score");
  if (isUnmeasurable(scores) || !probabilityMetrics.has(metric)) return scores;
  const outside = scores.find((score) => score < 0 || score > 1);
  return outside === undefined ? scores : { reason: `expected scores from 0 to 1 for ${metric}, got ${outside}` };
}

const usualClasses: ReadonlyMap<string, number> = new Map([
  ["1", 1],
  ["true", 1],
  ["0", 0],
  ["false", 0],
]);

function classesAt(
  values: Values,
  kept: Uint32Array,
  positive: number | string | undefined,
  what: string,
): Uint8Array | Unmeasurable {
  const result = new Uint8Array(kept.length);
  for (const [position, row] of kept.entries()) {
    const text = String(values[row]);
    const number = positive === undefined ? usualClasses.get(text.toLowerCase()) : Number(text === String(positive));
    if (number === undefined)
      return { reason: `expected 0 or 1, or to be told which class is positive, got the ${what} ${text}` };
    result[position] = number;
  }
  return result;
}

function numberedAt(values: Values, kept: Uint32Array, numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(kept.length);
  for (const [position, row] of kept.entries()) {
    const text = String(values[row]);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    result[position] = number;
  }
  return result;
}
