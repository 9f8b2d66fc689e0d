import { DriftwardError } from "../core/errors.ts";
import type { Cell, ColumnValues } from "../core/table/table.ts";
import type { Frame } from "./danfo.ts";

/**
 * The columns of a DataFrame, as `compare` and `profile` take them.
 *
 * @param what  which frame it is, for messages: "the baseline"
 * @throws InvalidInput when it is no frame, or two of its columns have one name
 */
export function readFrame(frame: Frame, what = "the frame"): Readonly<Record<string, ColumnValues>> {
  if (!Array.isArray(frame?.columns) || typeof frame.column !== "function")
    throw new DriftwardError("InvalidInput", `expected a danfojs DataFrame for ${what}, got something else`, {
      hint: "for rows and columns in plain arrays, use compare and profile of driftward",
    });
  const twin = frame.columns.find((name, index) => frame.columns.indexOf(name) !== index);
  if (twin !== undefined)
    throw new DriftwardError("InvalidInput", `expected columns of different names in ${what}, got "${twin}" twice`);
  return Object.fromEntries(frame.columns.map((name) => [name, frame.column(name).values as readonly Cell[]]));
}
