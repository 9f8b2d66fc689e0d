import { DriftwardError } from "../errors.ts";

/** Numbers in order, in whatever holds them: an array, a Float64Array, a Uint32Array. */
export type Numbers = ArrayLike<number>;

/** Two vectors of counts over the same bins, copied, with their sums. */
export interface CountPair {
  readonly baseline: Float64Array;
  readonly window: Float64Array;
  readonly baselineTotal: number;
  readonly windowTotal: number;
}

/** An InvalidInput error: what was expected and what was found. */
export function invalid(message: string, hint?: string): DriftwardError {
  return new DriftwardError("InvalidInput", message, hint === undefined ? {} : { hint });
}

/**
 * Two vectors of counts after checking them, to be read only: what is a Float64Array already is not copied. Counts may be
 * fractional: rows divided by a design effect.
 *
 * @throws InvalidInput when the lengths differ or are 0, a count is negative or not finite, or a side has no rows
 */
export function requireCountPair(baselineCounts: Numbers, windowCounts: Numbers): CountPair {
  if (baselineCounts.length !== windowCounts.length || baselineCounts.length === 0)
    throw invalid(
      `expected counts over the same bins, at least one, got ${baselineCounts.length} for the baseline and ${windowCounts.length} for the window`,
      "count both sides with the edges of the baseline",
    );
  const baseline = asFloats(baselineCounts);
  const window = asFloats(windowCounts);
  return {
    baseline,
    window,
    baselineTotal: requireTotal(baseline, "baseline"),
    windowTotal: requireTotal(window, "window"),
  };
}

function asFloats(counts: Numbers): Float64Array {
  return counts instanceof Float64Array ? counts : new Float64Array(counts);
}

function requireTotal(counts: Float64Array, side: string): number {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin += 1) {
    const count = counts[bin] as number;
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY))
      throw invalid(`expected a count of 0 or more in bin ${bin} of the ${side}, got ${count}`);
    total += count;
  }
  if (!(total > 0)) throw invalid(`expected at least one row in the ${side}, got none`, "check windows that have rows");
  return total;
}

/**
 * A sorted copy of a sample.
 *
 * @throws InvalidInput when the sample is empty or holds NaN
 */
export function requireSorted(sample: Numbers, side: string): Float64Array {
  if (sample.length === 0) throw invalid(`expected at least one value in the ${side}, got none`);
  const sorted = Float64Array.from(sample).sort();
  // NaN sorts last.
  if (Number.isNaN(sorted[sorted.length - 1]))
    throw invalid(
      `expected numbers in the ${side}, got NaN`,
      "leave missing values out; their share is a bin of its own",
    );
  return sorted;
}

/** @throws InvalidInput unless the value lies in (0, 1) */
export function requireOpenProbability(value: number, name: string): void {
  if (!(value > 0 && value < 1)) throw invalid(`expected ${name} between 0 and 1, both excluded, got ${value}`);
}

/** @throws InvalidInput unless the value lies in [0, 1] */
export function requireProbability(value: number, name: string): void {
  if (!(value >= 0 && value <= 1)) throw invalid(`expected ${name} between 0 and 1, got ${value}`);
}

/** @throws InvalidInput unless the value is finite and above 0 */
export function requirePositive(value: number, name: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw invalid(`expected ${name} above 0, got ${value}`);
}

/** @throws InvalidInput unless the value is a whole number of at least 1 */
export function requireWhole(value: number, name: string): void {
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw invalid(`expected ${name} as a whole number of 1 or more, got ${value}`);
}
