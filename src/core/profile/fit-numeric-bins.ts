import { DriftwardError } from "../errors.ts";
import { quantile } from "../statistics/quantile.ts";
import type { NumericBins } from "./bins.ts";

/** Up to so many distinct values, each is a bin of its own. */
const MAX_DISCRETE_VALUES = 10;

/**
 * Bins of a numeric feature, from all of its finite baseline values.
 *
 * Edges: every distinct value when there are at most `maxEdges` of them, otherwise `maxEdges` of the sorted values at
 * evenly spaced ranks, smallest and largest included (so that what falls outside the baseline's range is known
 * exactly). With more than ten distinct values, the nine deciles by the type-7 rule are edges too and close PSI's bins
 * (a, b]; with at most ten, every value is an edge and a bin (see `isDiscrete`). O(n).
 *
 * @param sorted    ascending finite values; may be empty: then there is one cell and no edge
 * @param maxEdges  >= 10; there may be nine more
 * @throws InvalidInput when `maxEdges` is no whole number of 10 or more, or values are out of order or not finite
 */
export function fitNumericBins(name: string, sorted: Float64Array, maxEdges: number): NumericBins {
  if (!(Number.isSafeInteger(maxEdges) && maxEdges >= MAX_DISCRETE_VALUES))
    throw new DriftwardError("InvalidInput", `expected at least ${MAX_DISCRETE_VALUES} edges, got ${maxEdges}`);
  const distinct = countDistinct(name, sorted);
  const values = distinct <= maxEdges ? distinctValues(sorted) : valuesAtEvenRanks(sorted, maxEdges);
  if (distinct <= MAX_DISCRETE_VALUES)
    return { kind: "numeric", name, edges: Float64Array.from(values), binEdges: values.map((_, i) => i) };
  const deciles = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => finiteQuantile(sorted, k / 10) + 0);
  const edges = distinctValues(Float64Array.from([...values, ...deciles]).sort());
  const indexOf = new Map(edges.map((edge, i) => [edge, i]));
  const binEdges = new Set(deciles.map((decile) => indexOf.get(decile) ?? 0));
  return { kind: "numeric", name, edges: Float64Array.from(edges), binEdges: [...binEdges] };
}

/** Type-7 quantile that is a finite double: the gap between values near ±1.8e308 is none, there a value is taken. */
function finiteQuantile(sorted: Float64Array, share: number): number {
  const value = quantile(sorted, share);
  return Number.isFinite(value) ? value : (sorted[Math.round((sorted.length - 1) * share)] ?? 0);
}

function countDistinct(name: string, sorted: Float64Array): number {
  let distinct = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < sorted.length; i += 1) {
    const value = sorted[i] as number;
    // With the ends looked at, what ascends is finite; NaN does not.
    if (value > last) distinct += 1;
    else if (value !== last || i === 0) throw outOfOrder(name, value);
    last = value;
  }
  if (last === Number.POSITIVE_INFINITY) throw outOfOrder(name, last);
  return distinct;
}

function outOfOrder(name: string, value: number): DriftwardError {
  return new DriftwardError("InvalidInput", `expected ascending finite values of "${name}", got ${value}`);
}

function distinctValues(sorted: Float64Array): number[] {
  const values: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < sorted.length; i += 1) {
    const value = sorted[i] as number;
    if (value !== last) values.push(value + 0);
    last = value;
  }
  return values;
}

function valuesAtEvenRanks(sorted: Float64Array, count: number): number[] {
  const ranks = Array.from({ length: count }, (_, i) => Math.round((i * (sorted.length - 1)) / (count - 1)));
  return distinctValues(Float64Array.from(ranks, (rank) => sorted[rank] ?? 0));
}
