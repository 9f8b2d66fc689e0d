import { type CompareTablesOptions, compareTables } from "../core/drift/compare-tables.ts";
import type { Comparison } from "../core/drift/comparison.ts";
import type { Profile } from "../core/profile/bins.ts";
import { type ColumnSummary, describe } from "../core/table/describe.ts";
import { type ProfileOptions, profile } from "../core/table/profile-table.ts";
import type { Frame } from "./danfo.ts";
import { readFrame } from "./read-frame.ts";

/**
 * `compare` for danfojs DataFrames.
 *
 * @throws InvalidInput when a side is no frame or an option is out of range, InvalidData when they share no column
 */
export function compareFrames(baseline: Frame, live: Frame, options?: CompareTablesOptions): Comparison {
  return compareTables(readFrame(baseline, "the baseline"), readFrame(live, "the live data"), options);
}

/** `profile` for a danfojs DataFrame. */
export function profileFrame(frame: Frame, options?: ProfileOptions): Profile {
  return profile(readFrame(frame), options);
}

/** `describe` for a danfojs DataFrame. */
export function describeFrame(frame: Frame): readonly ColumnSummary[] {
  return describe(readFrame(frame));
}
