import { type ParsedPolicies, parsePolicies } from "../core/policy/parse-policy.ts";
import { errorAt } from "../core/policy/problem.ts";
import type { PolicyText } from "../ports/policy-source.ts";

/** Reads what a source of policies gave: the policies of a file, or its mistakes. */
export function parseText({ path, source, unreadableBecause }: PolicyText): ParsedPolicies {
  if (unreadableBecause === undefined) return parsePolicies(source, path);
  return { problems: [errorAt({ file: path, line: 1, column: 1 }, unreadableBecause)] };
}
