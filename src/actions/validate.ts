import { checkOperator, type OperatorNames } from "../core/policy/check-operator.ts";
import type { Policy } from "../core/policy/policy.ts";
import { errorAt, inOrder, type PolicyProblem } from "../core/policy/problem.ts";
import type { PolicySource } from "../ports/policy-source.ts";
import { parseText } from "./parse-text.ts";

export interface Validation {
  /** Every file read, in order. */
  readonly files: readonly string[];
  /** Errors and hints of all files; nothing can be applied while there is an error. */
  readonly problems: readonly PolicyProblem[];
  readonly policies: readonly { readonly path: string; readonly policy: Policy }[];
}

/** Two files for one model would take turns: neither may be in force. */
export function sharedModels(
  policies: readonly { readonly path: string; readonly policy: Policy }[],
): readonly PolicyProblem[] {
  const first = new Map<string, string>();
  return policies.flatMap(({ path, policy: { model } }) => {
    const other = first.get(model);
    if (other === undefined) {
      first.set(model, path);
      return [];
    }
    const message = `model "${model}" already has a policy, ${other}`;
    return [errorAt({ file: path, line: 1, column: 1 }, message, "keep one of them")];
  });
}

/**
 * Reads policy files and tells everything that is wrong with them, without changing anything.
 *
 * @param operator  what driftward.yaml has; what is absent is not checked
 * @param paths      files and folders; absent: the configured folder
 */
export async function validate(
  { policySource, operator = {} }: { readonly policySource: PolicySource; readonly operator?: OperatorNames },
  paths?: readonly string[],
): Promise<Validation> {
  const texts = await policySource.read(paths);
  const problems: PolicyProblem[] = [];
  const policies: Validation["policies"][number][] = [];
  for (const text of texts) {
    const { path } = text;
    const parsed = parseText(text);
    problems.push(...("problems" in parsed ? parsed.problems : parsed.hints));
    if ("problems" in parsed) continue;
    policies.push(...parsed.policies.map(({ policy }) => ({ path, policy })));
    problems.push(...parsed.policies.flatMap(({ policy }) => checkOperator(policy, operator, path)));
  }
  return {
    files: texts.map(({ path }) => path),
    problems: inOrder([...problems, ...sharedModels(policies)]),
    policies,
  };
}
