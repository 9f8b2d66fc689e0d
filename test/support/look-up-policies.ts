import { parsePolicy } from "../../src/core/policy/parse-policy.ts";
import type { Policies } from "../../src/ports/lookups.ts";
import type { State } from "../../src/ports/state.ts";

/** Applied policies, read from state each time. */
export function lookUpPolicies(state: State): Policies {
  return {
    async of(revisionId) {
      const { source } = await state.policies.get(revisionId);
      const parsed = parsePolicy(source, "policies/test.yaml");
      if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
      return parsed.policy;
    },
  };
}
