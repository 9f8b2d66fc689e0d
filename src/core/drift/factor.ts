import { binLabels, isDiscrete } from "../profile/bin-counts.ts";
import type { FeatureBins } from "../profile/bins.ts";
import { formatNumber } from "./direction.ts";

/** Levels that a feature keeps apart at most: the others become one that no condition names. */
const mostLevels = 16;

/** One feature of the rows at hand, as a few levels. */
export interface Factor {
  readonly name: string;
  readonly levels: number;
  /** Level of each row of both sides. */
  readonly baseline: Uint8Array;
  readonly live: Uint8Array;
  readonly conditions: readonly LevelRange[];
  readonly drifted: boolean;
  /** Its conditions are ranges of numbers. */
  readonly ranged: boolean;
}

/** Rows whose level lies in [from, to]: a condition on the feature. */
export interface LevelRange {
  readonly from: number;
  readonly to: number;
  /** What stands behind the feature's name: `= NL`, `<= 3`, `is missing`. */
  readonly is: string;
}

/**
 * A feature's codes as at most 16 levels, with the conditions that can be put on them: each category or value, and for
 * numbers every run of neighbouring bins that is not the whole.
 */
export function createFactor(
  bins: FeatureBins,
  {
    baseline,
    live,
    drifted,
  }: { readonly baseline: Uint16Array; readonly live: Uint16Array; readonly drifted: boolean },
): Factor {
  const codes = binLabels(bins).length;
  const kept = keptCodes(bins, codes, [baseline, live]);
  const levelOf = new Uint8Array(codes).fill(kept.length);
  for (const [level, code] of kept.entries()) levelOf[code] = level;
  const asLevels = (side: Uint16Array): Uint8Array => Uint8Array.from(side, (code) => levelOf[code] ?? kept.length);
  const ranged = bins.kind === "numeric" && !isDiscrete(bins);
  return {
    name: bins.name,
    levels: kept.length + (kept.length < codes ? 1 : 0),
    baseline: asLevels(baseline),
    live: asLevels(live),
    drifted,
    ranged,
    conditions: ranged && bins.kind === "numeric" ? ranges(bins.binEdges, bins.edges) : singles(bins, kept),
  };
}

/** All bins of numbers; of categories the most frequent, then `other` and missing, which are the last two codes. */
function keptCodes(bins: FeatureBins, codes: number, sides: readonly Uint16Array[]): readonly number[] {
  const all = Array.from({ length: codes }, (_, code) => code);
  if (bins.kind === "numeric" || codes <= mostLevels) return all;
  const shares = new Float64Array(codes);
  for (const side of sides) for (const code of side) shares[code] = (shares[code] ?? 0) + 1 / side.length;
  const named = all.slice(0, -2).sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b);
  return [...named.slice(0, mostLevels - 3), codes - 2, codes - 1];
}

function singles(bins: FeatureBins, kept: readonly number[]): readonly LevelRange[] {
  const labels = binLabels(bins);
  return kept.map((code, level) => {
    const value = bins.kind === "numeric" ? formatNumber(bins.edges[code]) : (labels[code] ?? "");
    const is =
      code === labels.length - 1 ? "is missing" : code === labels.length - 2 ? "is another value" : `= ${value}`;
    return { from: level, to: level, is };
  });
}

function ranges(binEdges: readonly number[], edges: Float64Array): readonly LevelRange[] {
  const end = (bin: number): string => formatNumber(edges[binEdges[bin] ?? -1]);
  const last = binEdges.length;
  const found: LevelRange[] = [{ from: last + 1, to: last + 1, is: "is missing" }];
  for (let from = 0; from <= last; from += 1)
    for (let to = from; to <= last; to += 1) {
      if (from === 0 && to === last) continue;
      const is =
        from === 0 ? `<= ${end(to)}` : to === last ? `> ${end(from - 1)}` : `in ${end(from - 1)} to ${end(to)}`;
      found.push({ from, to, is });
    }
  return found;
}
