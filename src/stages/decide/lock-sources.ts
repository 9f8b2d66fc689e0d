import { brokenInputRule } from "../../core/drift/judge.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { sharedSourceOf } from "../../core/policy/shared-source.ts";
import type { CheckRow, ModelRow, StateTransaction } from "../../ports/state.ts";

/**
 * Holds the sources whose incident these checks may open, join or leave, before anything of them is decided: what is
 * decided locks the head of the audit trail, and who waits for a source with that in hand stops everyone. A model whose
 * input is whole, and was, waits for nobody.
 */
export async function lockSources(
  tx: StateTransaction,
  model: ModelRow,
  checks: readonly CheckRow[],
  policies: ReadonlyMap<string, Policy>,
): Promise<void> {
  const keys = new Set<string>();
  for (const { sourceKey } of await tx.incidents.open(model.id)) if (sourceKey !== undefined) keys.add(sourceKey);
  for (const check of checks) {
    const policy = policies.get(check.policyRevisionId);
    const key = policy === undefined ? undefined : sharedSourceOf(policy);
    if (key === undefined || keys.has(key) || check.state !== "done") continue;
    const outcomes = await tx.checks.ruleOutcomes(check.id);
    if (outcomes.some(({ rule, outcome }) => rule === brokenInputRule && outcome === "holds")) keys.add(key);
  }
  for (const key of [...keys].sort()) await tx.incidents.lockSource(key);
}
