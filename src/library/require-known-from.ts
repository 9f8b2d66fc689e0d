import { DriftwardError } from "../core/errors.ts";
import { type OptionNames, requireKnownOptions } from "../core/known-options.ts";
import type { RowsFrom } from "../stages/ingest.ts";

type FromFile = Extract<RowsFrom, { readonly file: string }>;
type FromMemory = Extract<RowsFrom, { readonly rows: readonly object[] }>;

const fileNames: OptionNames<FromFile> = { file: true, format: true, delimiter: true };
const memoryNames: OptionNames<FromMemory> = { rows: true, name: true };

/**
 * Refuses names in `from` that do not exist: a misspelt delimiter would be passed over.
 *
 * @throws InvalidInput when `from` has a name that does not exist, or neither a file nor rows
 */
export function requireKnownFrom(from: RowsFrom, of: string): void {
  const inMemory = typeof from === "object" && from !== null && "rows" in from;
  if (inMemory) requireKnownOptions(from, memoryNames, of);
  else requireKnownOptions(from, fileNames, of);
  if (!inMemory && typeof from.file !== "string")
    throw new DriftwardError("InvalidInput", `expected a file or rows in ${of}, got neither`, {
      hint: 'give from: { file: "rows.csv" } or from: { rows: [...] }',
    });
}
