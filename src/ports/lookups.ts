import type { Calibration, CheckLimits } from "../core/calibration/calibrate.ts";
import type { HourOfCounts } from "../core/calibration/hourly-grid.ts";
import type { SegmentedBaseline } from "../core/calibration/segmented-baseline.ts";
import type { Calendar, Policy } from "../core/policy/policy.ts";
import type { Profile } from "../core/profile/bins.ts";
import type { Window } from "../core/window.ts";

/** The policy of an applied revision, parsed once. Throws InvalidPolicy when this version cannot read it any more. */
export interface Policies {
  of(revisionId: string): Promise<Policy>;
}

interface CalibrationRequest {
  readonly modelId: string;
  readonly baselineId: string;
  readonly profile: Profile;
  readonly policy: Policy;
  /** Spans of the baseline that are in quarantine; none when absent. */
  readonly except?: readonly Window[];
}

/** What a policy comes to on a baseline: derived once, kept in state, and the same for whoever asks. */
export interface Calibrations {
  of(request: CalibrationRequest): Promise<Calibration>;
}

/** What a check needs of a policy's calibration on a baseline: limits that are derived once and then stay. */
export interface Limits {
  of(request: CalibrationRequest): Promise<CheckLimits>;
}

/** A baseline by the calendars that it is matched on, as of `sumByCalendar`; empty when its rows have no times. */
export interface Seasons {
  of(request: {
    readonly modelId: string;
    readonly baselineId: string;
    readonly profile: Profile;
    readonly match: readonly Calendar[];
    /** Spans of the baseline that are in quarantine; none when absent. */
    readonly except?: readonly Window[];
  }): Promise<readonly HourOfCounts[]>;
}

/** A baseline divided by the values of a column, from its rows. */
export interface SegmentedBaselines {
  of(request: {
    readonly modelId: string;
    readonly baselineId: string;
    readonly profile: Profile;
    readonly column: string;
    readonly match: readonly Calendar[];
    /** Spans of whole hours whose rows are left out; none when absent. Which values are segments stays the same. */
    readonly except?: readonly Window[];
  }): Promise<SegmentedBaseline>;
}

/** The profile of a baseline, decoded once. */
export interface Profiles {
  of(baselineId: string): Promise<Profile>;
}
