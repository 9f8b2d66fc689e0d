import { DriftwardError } from "../errors.ts";
import type { Unmeasurable } from "./estimate.ts";
import { type MetricName, metricsOf, metricsOfScore } from "./metric-names.ts";
import type { ScoredRows, Values } from "./scored-rows.ts";

/**
 * What a metric reads of the rows, one entry a row: the score where it is a metric of the score, else the prediction.
 *
 * @throws InvalidInput when the arrays differ in length
 */
export function inputOf(metric: MetricName, rows: ScoredRows): Values | Unmeasurable {
  assertLengths(rows);
  if (!metricsOf[rows.task].includes(metric))
    return { reason: `expected one of ${metricsOf[rows.task].join(", ")} for a ${rows.task} model, got ${metric}` };
  if (rows.task === "binary" && metricsOfScore.has(metric))
    return rows.scores ?? { reason: `expected a score for ${metric}, got predictions only` };
  if (rows.task === "multiclass" && metricsOfScore.has(metric)) return scoreOfLabel(rows);
  return rows.predictions;
}

/** For every row the probability the model gave to what then happened; NaN for a row without scores. */
function scoreOfLabel(rows: ScoredRows): Float64Array | Unmeasurable {
  if (rows.classScores === undefined) return { reason: "expected a score for every class, got predictions only" };
  const classes = [...rows.classScores];
  const result = new Float64Array(rows.labels.length).fill(Number.NaN);
  for (let row = 0; row < result.length; row++) {
    const label = rows.labels[row];
    if (isMissing(label)) continue;
    const scores = rows.classScores.get(String(label));
    if (scores === undefined) return { reason: `expected a score for every class, got none for ${label}` };
    const without = classes.filter(([, ofClass]) => isMissing(ofClass[row]));
    // A row without any score is left out like one without a prediction; some of a row's scores are no distribution.
    if (without.length > 0 && without.length < classes.length)
      return { reason: `expected a score for every class in every row, got a row without that of ${without[0]?.[0]}` };
    result[row] = scores[row] ?? Number.NaN;
  }
  return result;
}

/** A value that is not there: NaN, an empty text, a hole. */
export function isMissing(value: number | string | undefined): boolean {
  return value === undefined || value === null || value === "" || (typeof value === "number" && Number.isNaN(value));
}

/** Positions at which neither array has a missing value. O(n). */
export function presentRows(labels: Values, ...others: readonly Values[]): Uint32Array {
  const kept: number[] = [];
  for (let row = 0; row < labels.length; row++)
    if (!isMissing(labels[row]) && others.every((other) => !isMissing(other[row]))) kept.push(row);
  return Uint32Array.from(kept);
}

function assertLengths(rows: ScoredRows): void {
  const lengths = {
    predictions: rows.predictions.length,
    scores: rows.scores?.length,
    entities: rows.entities?.length,
    ...Object.fromEntries([...(rows.classScores ?? [])].map(([name, scores]) => [`scores of ${name}`, scores.length])),
  };
  for (const [name, length] of Object.entries(lengths))
    if (length !== undefined && length !== rows.labels.length)
      throw new DriftwardError(
        "InvalidInput",
        `expected ${rows.labels.length} ${name} as there are labels, got ${length}`,
      );
}
