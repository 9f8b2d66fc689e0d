import type { PolicyRevisionRow, State } from "../ports/state.ts";

export interface LeftPolicy {
  readonly model: string;
  readonly revision: PolicyRevisionRow;
}

/**
 * Policies in force of which no file is left, or of which `for_each` names the value no more.
 *
 * @param governed  models that files govern
 * @param unread    paths of files that cannot be read: those are a problem, and not gone
 */
export async function leftPolicies(
  state: Pick<State, "models" | "policies">,
  governed: readonly string[],
  unread: readonly string[],
): Promise<readonly LeftPolicy[]> {
  const left: LeftPolicy[] = [];
  for (const { name, policyRevision } of await state.models.list()) {
    if (policyRevision === undefined || governed.includes(name)) continue;
    const revision = await state.policies.get(policyRevision);
    if (!unread.includes(revision.path)) left.push({ model: name, revision });
  }
  return left;
}
