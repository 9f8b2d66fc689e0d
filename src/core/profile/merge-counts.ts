import { DriftwardError } from "../errors.ts";
import type { Counts, FeatureCounts } from "./bins.ts";

/**
 * Counts of the union of disjoint sets of rows: hour + hour = day, segment + segment = all.
 *
 * Every number is whole and below 2^53, so the sum has the same bits whatever the order and grouping. O(parts * cells).
 *
 * @param parts  counts over the same bins, at least one; put `emptyCounts(bins)` first where there may be none
 * @throws InvalidInput when there is no part, the parts were not counted with the same bins, or a sum reaches 2^53
 */
export function mergeCounts(parts: readonly Counts[]): Counts {
  const first = parts[0];
  if (first === undefined)
    throw new DriftwardError("InvalidInput", "expected at least one set of counts to merge, got none", {
      hint: "put emptyCounts(bins) first",
    });
  for (const part of parts) requireSameShape(first, part);
  const rows = sum(parts.map((part) => part.rows));
  return { rows, features: first.features.map((_, i) => mergeFeature(parts.map((part) => part.features[i]))) };
}

function mergeFeature(parts: readonly (FeatureCounts | undefined)[]): FeatureCounts {
  const present = parts.filter((part) => part !== undefined);
  const cells = new Float64Array(present[0]?.cells.length ?? 0);
  for (const part of present)
    for (let i = 0; i < cells.length; i += 1) cells[i] = (cells[i] ?? 0) + (part.cells[i] ?? 0);
  const minimums = present.flatMap((part) => part.minimum ?? []);
  const maximums = present.flatMap((part) => part.maximum ?? []);
  return {
    cells,
    missing: sum(present.map((part) => part.missing)),
    invalid: sum(present.map((part) => part.invalid)),
    positiveInfinity: sum(present.map((part) => part.positiveInfinity)),
    negativeInfinity: sum(present.map((part) => part.negativeInfinity)),
    ...(minimums.length > 0 ? { minimum: minimums.reduce((a, b) => Math.min(a, b)) } : {}),
    ...(maximums.length > 0 ? { maximum: maximums.reduce((a, b) => Math.max(a, b)) } : {}),
  };
}

function sum(values: readonly number[]): number {
  const total = values.reduce((a, b) => a + b, 0);
  if (total > Number.MAX_SAFE_INTEGER)
    throw new DriftwardError("InvalidInput", `expected counts below 2^53, got a sum of ${total}`);
  return total;
}

function requireSameShape(first: Counts, part: Counts): void {
  if (part.features.length !== first.features.length)
    throw new DriftwardError(
      "InvalidInput",
      `expected counts of ${first.features.length} features, got ${part.features.length}`,
      { hint: "merge only counts made with the same baseline" },
    );
  for (const [i, feature] of part.features.entries())
    if (feature.cells.length !== first.features[i]?.cells.length)
      throw new DriftwardError(
        "InvalidInput",
        `expected ${first.features[i]?.cells.length} cells for feature ${i}, got ${feature.cells.length}`,
        { hint: "merge only counts made with the same baseline" },
      );
}
