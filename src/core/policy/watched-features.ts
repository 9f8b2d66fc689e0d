import type { Policy } from "./policy.ts";

/** `watched` ones alarm and spend the alarm budget; `observed` ones are shown; the others are left out. */
export type FeatureRole = "watched" | "observed" | "excluded" | "unnamed";

/** Whether a name fits a pattern in which `*` stands for any run of characters. Linear in the name per pattern part. */
export function fitsPattern(name: string, pattern: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  if (parts.length === 0) return name === first;
  const last = parts.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** What a policy does with a feature: `exclude` goes before `observe`, `observe` before `watch`. */
export function featureRole(features: Policy["drift"]["features"], name: string): FeatureRole {
  const fits = (pattern: string) => fitsPattern(name, pattern);
  if (features.exclude.some(fits)) return "excluded";
  if (features.observe.some(fits)) return "observed";
  return features.watch.some(fits) ? "watched" : "unnamed";
}

/** The features that raise alarms, in the order given. */
export function watchedFeatures(policy: Pick<Policy, "drift">, names: readonly string[]): readonly string[] {
  return names.filter((name) => featureRole(policy.drift.features, name) === "watched");
}

/** The features that are tested and shown, and never alarm, in the order given. */
export function observedFeatures(policy: Pick<Policy, "drift">, names: readonly string[]): readonly string[] {
  return names.filter((name) => featureRole(policy.drift.features, name) === "observed");
}
