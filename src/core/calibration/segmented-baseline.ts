import type { Counts } from "../profile/bins.ts";
import type { HourOfCounts } from "./hourly-grid.ts";

/** One segment of a baseline. */
export interface BaselineSegment {
  /** `country=NL`. */
  readonly segment: string;
  readonly value: string;
  readonly counts: Counts;
  /** By the calendars that the policy matches, as of `sumByCalendar`; empty where it matches none. */
  readonly seasons: readonly HourOfCounts[];
}

/** A baseline divided by the values of one column: the most frequent ones, the most frequent first. */
export interface SegmentedBaseline {
  readonly column: string;
  readonly segments: readonly BaselineSegment[];
  /** Values that are too rare to be segments, and the rows of them; rows without a value are among these. */
  readonly rareValues: number;
  readonly otherRows: number;
}

/** Why rules have nothing to compare the segments of a column with; undefined where they have. */
export function withoutSegments({ column, segments }: SegmentedBaseline): string | undefined {
  return segments.length > 0 ? undefined : `the baseline has no value of ${column}: there is nothing to compare with`;
}
