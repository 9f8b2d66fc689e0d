import type { StateReads, StateWrites } from "../../ports/state.ts";

interface RuleOfRows {
  readonly rule: string;
  readonly segment: string;
}

/** Under this name, which no rule can have, it is kept which rules and segments the check decided last had. */
const allRules = "";

const keyOf = ({ rule, segment }: RuleOfRows): string => (segment === "" ? rule : `${rule}\n${segment}`);

function ofKey(key: string): RuleOfRows {
  const [rule = "", ...segment] = key.split("\n");
  return { rule, segment: segment.join("\n") };
}

/** Rules, each with its segments, of the check that was decided last. */
export async function knownRules(
  tx: { readonly checks: Pick<StateReads["checks"], "ruleState"> },
  modelId: string,
): Promise<readonly RuleOfRows[]> {
  const keys = ((await tx.checks.ruleState(modelId, allRules, "")) ?? []) as readonly string[];
  return keys.map(ofKey);
}

/** A rule or a segment that went away and comes back has not held in between: it starts anew. */
export async function forgetOthers(
  tx: { readonly checks: Pick<StateReads["checks"], "ruleState"> & Pick<StateWrites["checks"], "saveRuleState"> },
  modelId: string,
  present: readonly RuleOfRows[],
): Promise<void> {
  const keys = [...new Set(present.map(keyOf))];
  const before = (await knownRules(tx, modelId)).map(keyOf);
  for (const gone of before.filter((key) => !keys.includes(key)).map(ofKey))
    await tx.checks.saveRuleState(modelId, gone.rule, gone.segment, {});
  if (JSON.stringify(keys) !== JSON.stringify(before)) await tx.checks.saveRuleState(modelId, allRules, "", keys);
}
