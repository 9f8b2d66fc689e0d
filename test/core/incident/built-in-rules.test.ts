import { expect, test } from "@jest/globals";
import { inconclusiveRule, judgeSight, type Sight, silentRule } from "../../../src/core/incident/built-in-rules.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";

const hour = 3_600_000;
function policyWith(rule: string): Policy {
  const parsed = parsePolicy(
    `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com]
data: { labels: { mature: 30d } }
window: { span: 24h }
performance: { metrics: [roc_auc], window: 7d }
rules: [{ name: one, when: ${rule} }]
`,
    "p.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}
const drift = policyWith("drift.share >= 0.5");
const sight = (rows: number | undefined, verdict: Sight["verdict"]) => ({ rows, verdict, reason: "too few rows" });

test.each([
  [0, "inconclusive", ["holds", "inconclusive"]],
  [12, "inconclusive", ["quiet", "holds"]],
  [900, "ok", ["quiet", "quiet"]],
  [900, "critical", ["quiet", "quiet"]],
  [undefined, undefined, ["inconclusive", "inconclusive"]],
] as const)("%s rows, verdict %s", (rows, verdict, said) => {
  const outcomes = judgeSight(sight(rows, verdict), drift);
  expect(outcomes.map(({ rule }) => rule)).toEqual([silentRule, inconclusiveRule]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(said);
});

test("two windows; where only performance is asked about, labels get their time to mature on top", () => {
  const waits = (policy: Policy) => judgeSight(sight(12, "inconclusive"), policy).map(({ forMs }) => forMs / hour);
  expect(waits(drift)).toEqual([48, 48]);
  expect(waits(policyWith("performance.roc_auc.drop.lower > 0.02"))).toEqual([48, 48 + 30 * 24]);
  expect(waits(policyWith("performance.roc_auc.drop.lower > 0.02 && drift.share > 0.1"))).toEqual([48, 48 + 30 * 24]);
});
