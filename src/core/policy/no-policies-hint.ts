/** What to do where no policy file was found. */
export const noPoliciesHint =
  "put a policy there (docs/policies.md), name another path, or set policies in driftward.yaml";
