import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { type MetricName, metricsOfScore } from "./metric-names.ts";
import { prepareClassScores } from "./prepare-multiclass.ts";
import type { ScoredRows, Values } from "./scored-rows.ts";

/** One class against the rest: 1 where it happened, and its score. */
export interface Ranking {
  readonly name: string;
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
}

/** The kept rows as plain arrays of numbers, checked for what the metric needs. */
export type PreparedRows =
  /** `given`: the scores for metrics of the score, else the predicted class as 1 or 0 */
  | { readonly kind: "binary"; readonly labels: Uint8Array; readonly given: Float64Array }
  | { readonly kind: "regression"; readonly labels: Float64Array; readonly predicted: Float64Array }
  | {
      readonly kind: "classes";
      readonly labels: Int32Array;
      readonly predicted: Int32Array;
      readonly classes: number;
    }
  /** several classes: what each row costs */
  | { readonly kind: "losses"; readonly losses: Float64Array }
  /** several classes: one entry for each that two rows or more are labelled with */
  | { readonly kind: "rankings"; readonly rankings: readonly Ranking[] };

const probabilityMetrics: ReadonlySet<MetricName> = new Set(["log_loss", "brier", "calibration_error"]);

/**
 * Reads what a metric needs of the rows that are kept.
 *
 * @param input  what `inputOf` gave
 * @param kept   positions without missing values
 */
export function prepareRows(
  metric: MetricName,
  rows: ScoredRows,
  input: Values,
  kept: Uint32Array,
): PreparedRows | Unmeasurable {
  if (kept.length === 0) return { reason: "expected at least one row with a label and a prediction, got none" };
  switch (rows.task) {
    case "regression": {
      const labels = numbersAt(rows.labels, kept, "label");
      const predicted = numbersAt(input, kept, "prediction");
      if (isUnmeasurable(labels)) return labels;
      if (isUnmeasurable(predicted)) return predicted;
      return { kind: "regression", labels, predicted };
    }
    case "binary": {
      const labels = classesAt(rows.labels, kept, rows.positive, "label");
      const given = metricsOfScore.has(metric)
        ? scoresAt(metric, input, kept)
        : classesAt(input, kept, rows.positive, "prediction");
      if (isUnmeasurable(labels)) return labels;
      if (isUnmeasurable(given)) return given;
      return { kind: "binary", labels, given: Float64Array.from(given) };
    }
    case "multiclass":
      return metricsOfScore.has(metric)
        ? prepareClassScores(metric, rows, kept)
        : prepareClasses(rows.labels, input, kept);
    default:
      return rows.task satisfies never;
  }
}

function prepareClasses(values: Values, input: Values, kept: Uint32Array): PreparedRows {
  const numbers = new Map<string, number>();
  const labels = numberedAt(values, kept, numbers);
  const predicted = numberedAt(input, kept, numbers);
  return { kind: "classes", labels, predicted, classes: numbers.size };
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
