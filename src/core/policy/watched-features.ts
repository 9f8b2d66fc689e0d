import type { Policy } from "./policy.ts";

/** Features of a model that the policy watches: they alarm, count towards `drift.share` and spend the budget. */
export function watchedFeatures(policy: Pick<Policy, "drift">, names: readonly string[]): readonly string[] {
  const { watch, observe, exclude } = policy.drift.features;
  return names.filter((name) => matchesAny(watch, name) && !matchesAny(observe, name) && !matchesAny(exclude, name));
}

function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

/** Whether a name fits a pattern in which `*` stands for any run of characters. Linear in the name's length. */
function matchesPattern(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
