import type { Policy } from "../../core/policy/policy.ts";
import type { Severity } from "../../core/verdict.ts";

/** Whom a policy wants told about something of this severity. */
export function recipientsOf(policy: Policy, severity: Severity): readonly string[] {
  return [...new Set(policy.notify[severity])];
}
