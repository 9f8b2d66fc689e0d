import { type Numbers, requireCountPair } from "./checks.ts";
import { chiSquareSurvival } from "./chi-square-survival.ts";

/** A test of the 2 × k table of counts. */
export interface TableTest {
  readonly statistic: number;
  /** Bins that are not empty on both sides, less one. */
  readonly degrees: number;
  readonly pValue: number;
}

/**
 * A chi-square test of the 2 × k table of counts: the sum over its cells of a function of observed and expected rows.
 *
 * @throws InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 */
export function tableTest(
  baselineCounts: Numbers,
  windowCounts: Numbers,
  cell: (observed: number, expected: number) => number,
): TableTest {
  const { baseline, window, baselineTotal: n, windowTotal: m } = requireCountPair(baselineCounts, windowCounts);
  let [statistic, columns] = [0, 0];
  for (let i = 0; i < baseline.length; i += 1) {
    const [b, w] = [baseline[i] as number, window[i] as number];
    if (b + w === 0) continue;
    columns += 1;
    statistic += cell(b, ((b + w) / (n + m)) * n) + cell(w, ((b + w) / (n + m)) * m);
  }
  // Rounding may leave G a hair below 0.
  statistic = Math.max(0, statistic);
  if (columns === 1) return { statistic: 0, degrees: 0, pValue: 1 };
  return { statistic, degrees: columns - 1, pValue: chiSquareSurvival(statistic, columns - 1) };
}
