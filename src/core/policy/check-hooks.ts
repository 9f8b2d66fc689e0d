import type { Policy } from "./policy.ts";
import { hintAt, type PolicyProblem } from "./problem.ts";

/**
 * Hooks of a policy that driftward.yaml does not name. A hint, because they may be named elsewhere; where they are not, the
 * promotion is stopped.
 *
 * @param named  the operator's hooks
 * @param file   the policy's, for what has no place of its own
 */
export function checkHooks(policy: Policy, named: readonly string[], file: string): readonly PolicyProblem[] {
  const { hooks = [], hooksPlace = { file, line: 1, column: 1 } } = policy.promote;
  return hooks
    .filter((hook) => !named.includes(hook))
    .map((hook) =>
      hintAt(hooksPlace, `driftward.yaml names no hook "${hook}"`, `hooks there: ${named.join(", ") || "none"}`),
    );
}
