import { DriftwardError } from "../../core/errors.ts";
import { hasControls } from "./quote.ts";

/** A file with more columns is not a table of features. */
const MAX_COLUMNS = 5_000;

/**
 * @param where  the file, for messages
 * @throws InvalidData for no columns or too many, names with control characters, names that differ only in case
 */
export function checkColumnNames(names: readonly string[], where: string): void {
  if (names.length === 0) throw new DriftwardError("InvalidData", `expected columns in ${where}, got none`);
  if (names.length > MAX_COLUMNS)
    throw new DriftwardError(
      "InvalidData",
      `expected at most ${MAX_COLUMNS} columns in ${where}, got ${names.length}`,
      {
        hint: "write the features to watch to a file of their own",
      },
    );
  const bad = names.find(hasControls);
  if (bad !== undefined)
    throw new DriftwardError(
      "InvalidData",
      `expected column names without control characters in ${where}, got ${JSON.stringify(bad)}`,
      { hint: "rename the column" },
    );
  refuseTwins(names, where);
}

/** @throws InvalidData for names that DuckDB takes for one */
export function refuseTwins(names: readonly string[], where: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined)
      throw new DriftwardError("InvalidData", `expected each column once in ${where}, got "${twin}" and "${name}"`, {
        hint: "rename one of them; names that differ only in case count as the same",
      });
    seen.set(name.toLowerCase(), name);
  }
}
