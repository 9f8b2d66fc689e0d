import { canonicalCategory } from "../../core/prediction/canonical-category.ts";
import type { CategoricalBins, FeatureBins, FeatureCounts, NumericBins } from "../../core/profile/bins.ts";
import { countSorted } from "../../core/profile/count-sorted.ts";
import { fitCategoricalBins } from "../../core/profile/fit-categorical-bins.ts";
import { fitNumericBins } from "../../core/profile/fit-numeric-bins.ts";
import { textExpression } from "./expressions.ts";
import type { HeldColumn } from "./gather-columns.ts";
import type { Session } from "./session.ts";
import type { SourceColumn } from "./source.ts";
import type { Workspace } from "./workspace.ts";

/** A fitted feature with what the rows that it was fitted on count. */
export interface FittedFeature<Bins extends FeatureBins> {
  readonly bins: Bins;
  readonly counts: FeatureCounts;
}

/**
 * Fits bins on a held column and counts it, sorting it in place.
 *
 * @param held  in the workspace; of `spare`, as long, nothing is kept
 */
export function fitHeld(
  name: string,
  held: HeldColumn,
  edges: number,
  { workspace, spare }: { readonly workspace: Workspace; readonly spare: Float64Array },
): FittedFeature<NumericBins> & { readonly sorted: Float64Array } {
  const sorted = workspace.sort(held.values, spare);
  let [start, end] = [0, sorted.length];
  while (start < end && sorted[start] === Number.NEGATIVE_INFINITY) start += 1;
  while (end > start && sorted[end - 1] === Number.POSITIVE_INFINITY) end -= 1;
  const bins = fitNumericBins(name, sorted.subarray(start, end), edges);
  const [minimum, maximum] = [sorted[start], sorted[end - 1]];
  const counts = {
    cells: countSorted(bins, sorted),
    missing: held.missing,
    invalid: held.invalid,
    positiveInfinity: sorted.length - end,
    negativeInfinity: start,
    // Adding 0 turns -0 into 0.
    ...(start < end && minimum !== undefined && maximum !== undefined
      ? { minimum: minimum + 0, maximum: maximum + 0 }
      : {}),
  };
  return { bins, counts, sorted };
}

/** Rows of each category of a column, counted in SQL. */
export interface Frequencies {
  readonly rowsOf: ReadonlyMap<string, number>;
  readonly missing: number;
}

/** @param filtered  FROM and WHERE */
export async function countCategories(session: Session, filtered: string, column: SourceColumn): Promise<Frequencies> {
  const rowsOf = new Map<string, number>();
  let missing = 0;
  const result = await session.connection.stream(
    `SELECT ${textExpression(column)} AS value, count(*)::DOUBLE ${filtered} GROUP BY ALL`,
  );
  for await (const chunk of result.yieldRows())
    for (const [text, count] of chunk) {
      const category = canonicalCategory(text === null ? "" : String(text));
      if (category === undefined) missing += Number(count);
      else rowsOf.set(category, (rowsOf.get(category) ?? 0) + Number(count));
    }
  return { rowsOf, missing };
}

export function fitFrequencies(name: string, found: Frequencies, most: number): FittedFeature<CategoricalBins> {
  const bins = fitCategoricalBins(name, found.rowsOf, most);
  return { bins, counts: countFrequencies(bins, found) };
}

export function countFrequencies({ categories }: CategoricalBins, { rowsOf, missing }: Frequencies): FeatureCounts {
  const cells = new Float64Array(categories.length + 1);
  let other = 0;
  for (const count of rowsOf.values()) other += count;
  for (const [i, category] of categories.entries()) {
    cells[i] = rowsOf.get(category) ?? 0;
    other -= cells[i] ?? 0;
  }
  cells[categories.length] = other;
  return { cells, missing, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
}

/** Counts with so many of the missing values noted as invalid, never more than are missing. */
export function withInvalid(counts: FeatureCounts, noted: number): FeatureCounts {
  const moved = Math.min(noted, counts.missing);
  return moved === 0 ? counts : { ...counts, missing: counts.missing - moved, invalid: counts.invalid + moved };
}
