import type { Finding, QualityFinding } from "../../../src/core/drift/finding.ts";
import type { Counts, FeatureBins, FeatureCounts, Profile } from "../../../src/core/profile/bins.ts";
import { countByComparing, onlyCells } from "../profile/arbitraries.ts";

/** One feature with what both sides count in its bins. */
export interface Side {
  readonly bins: FeatureBins;
  readonly baseline: FeatureCounts;
  readonly window: FeatureCounts;
}

/** Categories a, b, c … with the counts of both sides, the last one being `other`. */
export function mix(name: string, baseline: readonly number[], window: readonly number[]): Side {
  const categories = baseline.slice(0, -1).map((_, i) => String.fromCharCode(97 + i));
  const counts = (cells: readonly number[]) => onlyCells(Float64Array.from(cells));
  return { bins: { kind: "categorical", name, categories }, baseline: counts(baseline), window: counts(window) };
}

/** Numbers in bins that end at `ends`; every distinct number of the baseline is an edge up to `edges`. */
export function numbers(
  name: string,
  baseline: readonly number[],
  window: readonly number[],
  ends: readonly number[],
): Side {
  const edges = Float64Array.from([...new Set([...baseline, ...ends])].sort((a, b) => a - b));
  const binEdges = ends.map((end) => edges.indexOf(end));
  const counts = (values: readonly number[]): FeatureCounts => ({
    ...onlyCells(countByComparing(edges, values)),
    ...(values.length === 0 ? {} : { minimum: Math.min(...values), maximum: Math.max(...values) }),
  });
  return { bins: { kind: "numeric", name, edges, binEdges }, baseline: counts(baseline), window: counts(window) };
}

/** A side with other things than values among its rows. */
export function withMissing(side: Side, more: { baseline?: Partial<FeatureCounts>; window?: Partial<FeatureCounts> }) {
  return { ...side, baseline: { ...side.baseline, ...more.baseline }, window: { ...side.window, ...more.window } };
}

const rowsOf = ({ cells, missing, invalid }: FeatureCounts): number =>
  cells.reduce((sum, cell) => sum + cell, 0) + missing + invalid;

/** The features as a profile and the counts of a window. */
export function profileOf(sides: readonly Side[]): { readonly profile: Profile; readonly window: Counts } {
  const counts = (features: readonly FeatureCounts[]) => ({ rows: Math.max(0, ...features.map(rowsOf)), features });
  return {
    profile: { bins: sides.map(({ bins }) => bins), counts: counts(sides.map(({ baseline }) => baseline)) },
    window: counts(sides.map(({ window }) => window)),
  };
}

/** A finding with all that a test does not care about filled in. */
export function finding(more: Partial<Finding>): Finding {
  return {
    feature: "x",
    segment: "",
    test: "psi",
    statistic: 0.3,
    lower: 0.3,
    upper: 0.3,
    pValue: 0.001,
    pCorrected: undefined,
    limit: 0.1,
    n: 1_000,
    m: 500,
    moved: 0.2,
    movedAtLeast: 0.1,
    drifted: false,
    direction: undefined,
    evidence: { kind: "numeric", labels: ["<= 1", "> 1", "missing"], baseline: [900, 100, 0], window: [350, 150, 0] },
    ...more,
  };
}

export function damage(more: Partial<QualityFinding>): QualityFinding {
  return { feature: "x", segment: "", kind: "vanished", severity: "critical", message: "x is gone", ...more };
}
