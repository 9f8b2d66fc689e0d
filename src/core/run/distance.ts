import type { ScoredRows } from "../metrics/metric.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov-smirnov.ts";

/** How far two versions' predictions stand apart on the same rows; what cannot be given is absent. */
export interface Distance {
  /** Share of rows that get another class, 0 to 1. */
  readonly disagreement?: number;
  /** Mean absolute difference: of scores where both have one, of predictions for regression; in their own unit. */
  readonly mean?: number;
  /** Largest distance of the two distributions (Kolmogorov and Smirnov's D) of the same numbers, 0 to 1. */
  readonly ks?: number;
}

/** Rows for which the champion has nothing are left out. O(n log n). */
export function distanceBetween(candidate: ScoredRows, champion: ScoredRows): Distance {
  const classes = candidate.task !== "regression";
  const [mine, theirs] = classes
    ? [candidate.scores, champion.scores]
    : [Float64Array.from(candidate.predictions, Number), Float64Array.from(champion.predictions, Number)];
  return {
    ...(classes ? disagreementOf(candidate, champion) : {}),
    ...(mine === undefined || theirs === undefined ? {} : numbersApart(mine, theirs)),
  };
}

const isThere = (value: number | string | undefined): boolean =>
  typeof value === "string" ? value !== "" : value !== undefined && !Number.isNaN(value);

function disagreementOf(candidate: ScoredRows, champion: ScoredRows): Pick<Distance, "disagreement"> {
  let [rows, apart] = [0, 0];
  for (let row = 0; row < candidate.predictions.length; row += 1) {
    const [mine, theirs] = [candidate.predictions[row], champion.predictions[row]];
    if (!isThere(mine) || !isThere(theirs)) continue;
    rows += 1;
    if (String(mine) !== String(theirs)) apart += 1;
  }
  return rows === 0 ? {} : { disagreement: apart / rows };
}

function numbersApart(mine: Float64Array, theirs: Float64Array): Pick<Distance, "mean" | "ks"> {
  const both = [...mine.keys()].filter((row) => Number.isFinite(mine[row]) && Number.isFinite(theirs[row]));
  if (both.length === 0) return {};
  const first = Float64Array.from(both, (row) => mine[row] ?? 0);
  const second = Float64Array.from(both, (row) => theirs[row] ?? 0);
  const total = first.reduce((sum, value, row) => sum + Math.abs(value - (second[row] ?? 0)), 0);
  return { mean: total / both.length, ks: kolmogorovSmirnov(first, second).statistic };
}
