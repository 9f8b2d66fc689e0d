import type { CheckLimits } from "../core/calibration/calibrate.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Profile } from "../core/profile/bins.ts";

/** The policy of an applied revision, parsed once. Throws InvalidPolicy when this version cannot read it any more. */
export interface Policies {
  of(revisionId: string): Promise<Policy>;
}

/** What a check needs of a policy's calibration on a baseline: limits that are derived once and then stay. */
export interface Limits {
  of(request: {
    readonly modelId: string;
    readonly baselineId: string;
    readonly profile: Profile;
    readonly policy: Policy;
  }): Promise<CheckLimits>;
}

/** The profile of a baseline, decoded once. */
export interface Profiles {
  of(baselineId: string): Promise<Profile>;
}
