import { DriftwardError } from "../errors.ts";
import { type KsBounds, ksBounds } from "../statistics/ks-bounds.ts";
import type { FeatureBins, FeatureCounts } from "./bins.ts";
import { cellCount } from "./empty-counts.ts";

/**
 * Certified bounds of the two-sample Kolmogorov-Smirnov distance of a numeric feature, from cells alone.
 *
 * Inside an open interval the rows may lie as badly as they can; at an edge they are ties. Where one side has no row in
 * an interval, its inside adds nothing to what its ends show: so when no interval has rows of both sides (all distinct
 * values are edges, or the live values fall between no two of the baseline's), lower = D = upper. O(cells).
 *
 * @param feature  bins of the feature with the baseline's counts
 * @param live     counts of the window with the same bins
 * @returns bounds; `bin` is the cell at whose end `lower` is reached. Undefined when a side has no value in any cell.
 * @throws InvalidInput when the feature is categorical or the counts were not made with its bins
 */
export function featureKsBounds(
  feature: { readonly bins: FeatureBins; readonly counts: FeatureCounts },
  live: FeatureCounts,
): KsBounds | undefined {
  const { bins, counts } = feature;
  if (bins.kind !== "numeric")
    throw new DriftwardError("InvalidInput", `expected a numeric feature, got "${bins.name}" with categories`, {
      hint: "use a categorical test such as chi_square",
    });
  for (const side of [counts, live])
    if (side.cells.length !== cellCount(bins))
      throw new DriftwardError(
        "InvalidInput",
        `expected ${cellCount(bins)} cells for feature "${bins.name}", got ${side.cells.length}`,
        { hint: "use counts made with the same baseline" },
      );
  if (!counts.cells.some(isPositive) || !live.cells.some(isPositive)) return undefined;
  return ksBounds(counts.cells, live.cells, edgesOf(counts.cells.length));
}

const known = new Map<number, readonly boolean[]>();

/** Which cells are an edge alone: every second one. Features have few numbers of cells, so each is made once. */
function edgesOf(cells: number): readonly boolean[] {
  const made = known.get(cells) ?? Array.from({ length: cells }, (_, i) => i % 2 === 1);
  known.set(cells, made);
  return made;
}

function isPositive(count: number): boolean {
  return count > 0;
}
