import type { Policy } from "../core/policy/policy.ts";
import type { Profile } from "../core/profile/bins.ts";

/** The policy of an applied revision, parsed once. Throws InvalidPolicy when this version cannot read it any more. */
export interface Policies {
  of(revisionId: string): Promise<Policy>;
}

/** The profile of a baseline, decoded once. */
export interface Profiles {
  of(baselineId: string): Promise<Profile>;
}
