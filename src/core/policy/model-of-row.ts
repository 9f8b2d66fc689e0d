import { canonicalCategory } from "../prediction/canonical-category.ts";

/** What divides the rows of `for_each`: a model takes those with its value in this column. */
export interface RowsOfModel {
  readonly column: string;
  readonly value: string;
}

/** Whether a row with this value is of the model; values are compared as categories are, `3.0` as `3`. */
export function isOfModel({ value }: RowsOfModel, found: unknown): boolean {
  if (found === undefined || found === null) return false;
  return canonicalCategory(String(found)) === canonicalCategory(value);
}
