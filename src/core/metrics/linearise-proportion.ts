import type { Linearised, MonotoneMap } from "./linearised.ts";

/**
 * A proportion of rows among those that count, with the influence of each row.
 *
 * @param hits     1 where a row counts and is a success
 * @param counted  1 where a row counts
 * @param toMetric from the proportion to the metric, where they differ
 * @returns undefined when no row counts
 */
export function lineariseProportion(
  hits: Uint8Array,
  counted: Uint8Array,
  toMetric?: MonotoneMap,
): Linearised | undefined {
  const n = hits.length;
  let successes = 0;
  let size = 0;
  for (let row = 0; row < n; row++) {
    successes += hits[row] ?? 0;
    size += counted[row] ?? 0;
  }
  if (size === 0) return undefined;
  const value = successes / size;
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) influence[row] = (((hits[row] ?? 0) - value * (counted[row] ?? 0)) * n) / size;
  const base = { value, influence, scale: "proportion", size, step: 1 / size } as const;
  return toMetric === undefined ? base : { ...base, toMetric };
}
