import { DriftwardError } from "../../core/errors.ts";

/**
 * A row that has to be there.
 *
 * @throws NotFound, saying what was looked for
 */
export function requireFound<Row>(row: Row | undefined, noun: string, key: string): Row {
  if (row !== undefined) return row;
  throw new DriftwardError("NotFound", `expected ${noun} ${key}, got none`);
}
