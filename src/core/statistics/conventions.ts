import { type Numbers, requireCountPair, requireWhole } from "./checks.ts";
import { requireFiniteValues } from "./quantile-edges.ts";

/**
 * How others treat empty bins in a population stability index: a floor under each share (not renormalised), half a
 * count added to each bin, or nothing.
 */
export type ZeroRule = "floor1e-4" | "floor1e-6" | "add0.5" | "raw";

/**
 * Population stability index by another tool's rule for empty bins, for people who compare numbers with it.
 *
 * PSI = Σ (w_i - b_i) · ln(w_i / b_i). Driftward's own rule is `psiFromCounts`, equal to `add0.5`. O(k).
 *
 * @param baselineCounts  rows in each bin
 * @param windowCounts    the same, over the same bins
 * @param rule            what to do with empty bins
 * @returns nats, >= 0; undefined under `raw` when a bin is empty on one side only, because the index is infinite there
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, or a side has no rows
 * @see     Siddiqi, "Credit Risk Scorecards" (2006), for the index; Evidently and NannyML for the rules
 */
export function psiByConvention(baselineCounts: Numbers, windowCounts: Numbers, rule: ZeroRule): number | undefined {
  const { baseline, window, baselineTotal, windowTotal } = requireCountPair(baselineCounts, windowCounts);
  const added = rule === "add0.5" ? 0.5 : 0;
  const floor = rule === "floor1e-4" ? 1e-4 : rule === "floor1e-6" ? 1e-6 : 0;
  const share = (count: number, total: number) => Math.max(floor, (count + added) / (total + added * baseline.length));
  let psi = 0;
  for (let i = 0; i < baseline.length; i += 1) {
    const b = share(baseline[i] as number, baselineTotal);
    const w = share(window[i] as number, windowTotal);
    if (b === w) continue;
    if (b === 0 || w === 0) return undefined;
    psi += (w - b) * Math.log(w / b);
  }
  return psi;
}

/**
 * Inner edges of bins of equal width between the smallest and the largest finite value of a baseline.
 *
 * Bins are right-closed with open ends, as those of `quantileEdges`.
 *
 * @param baseline  values of any order; ±∞ are left out
 * @param bins      number of bins, whole, >= 1
 * @returns distinct edges, ascending; a baseline of one value has that value as its only edge
 * @throws  InvalidInput when bins is not whole, a value is NaN or no value is finite
 */
export function equalWidthEdges(baseline: Numbers, bins: number): number[] {
  requireWhole(bins, "the number of bins");
  const finite = requireFiniteValues(baseline);
  const [low, high] = [finite[0] as number, finite[finite.length - 1] as number];
  if (low === high) return [low];
  // Halves first: the range of extreme values is larger than the largest number.
  const step = (high / 2 - low / 2) / bins;
  const edges = Array.from({ length: bins - 1 }, (_, i) => low + (i + 1) * step + (i + 1) * step);
  return edges.filter((edge, i) => i === 0 || edge !== edges[i - 1]);
}
