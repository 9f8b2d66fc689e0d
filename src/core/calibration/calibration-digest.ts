import { createHash } from "node:crypto";
import type { Policy } from "../policy/policy.ts";
import type { Window } from "../window.ts";

/** Grows with every change of `calibrate` that changes its answers: what an older one derived is not taken for it. */
export const calibrationVersion = 6;

/** Parts of a policy that say nothing about limits; rules and segments are taken apart. */
const withoutBearing: ReadonlySet<string> = new Set<keyof Policy>([
  ...(["model", "owners", "data", "quality", "rules", "retrain"] as const),
  ...(["evaluate", "promote", "maintenance", "notify"] as const),
]);
const withoutBearingOfRule: ReadonlySet<string> = new Set<keyof Policy["rules"][number]>([
  ...(["when", "severity", "do", "place", "per"] as const),
]);

/**
 * Name of a calibration: sha256, as hex, over all that it follows from. Policies that differ in nothing that bears on
 * limits (owners, notifications, retraining …) share theirs. A part that policies learn later bears on them until it is
 * said that it does not: that makes another name at worst.
 *
 * @param baselineId  its rows never change
 * @param effort      see `calibrate`
 */
export function calibrationDigest(of: {
  readonly baselineId: string;
  readonly policy: Policy;
  readonly effort: number;
  /** Spans of the baseline that are in quarantine; none when absent. */
  readonly except?: readonly Window[];
}): string {
  const { baselineId, policy, effort, except = [] } = of;
  const rules = policy.rules.map((rule) => [
    rule.when.source,
    without(rule, withoutBearingOfRule),
    ...(rule.per === undefined ? [] : [rule.per.column]),
  ]);
  const parts = [without(policy, withoutBearing), policy.data.segments, rules];
  const text = JSON.stringify([calibrationVersion, baselineId, effort, parts, ...except]);
  return createHash("sha256").update(text).digest("hex");
}

function without(value: object, names: ReadonlySet<string>): unknown {
  const entries = Object.entries(value).filter(([name]) => !names.has(name));
  return entries.sort(([one], [other]) => (one < other ? -1 : 1));
}
