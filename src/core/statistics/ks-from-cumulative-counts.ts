import type { Numbers } from "./checks.ts";
import { ksBounds } from "./ks-bounds.ts";

/**
 * Kolmogorov-Smirnov distance from cumulative counts taken at the same values: exact when these are all the distinct
 * values of both sides, a lower bound otherwise. max_i |B_i / n - W_i / m|, n and m being the last entries. O(k).
 *
 * @param baselineCumulative  rows at or below each value, ascending; the last is the whole side
 * @param windowCumulative    the same
 * @returns distance in [0, 1]
 * @throws  InvalidInput when the lengths differ, an entry is below the one before it, or a side has no rows
 * @see     Smirnov, "Table for estimating the goodness of fit of empirical distributions" (1948)
 */
export function ksFromCumulativeCounts(baselineCumulative: Numbers, windowCumulative: Numbers): number {
  return ksBounds(differences(baselineCumulative), differences(windowCumulative)).lower;
}

function differences(cumulative: Numbers): Float64Array {
  return Float64Array.from(cumulative, (value, i) => value - (i === 0 ? 0 : (cumulative[i - 1] as number)));
}
