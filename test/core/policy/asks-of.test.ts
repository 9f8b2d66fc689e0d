import { expect, test } from "@jest/globals";
import { asksForP, asksOf } from "../../../src/core/policy/asks-of.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";

function policyWith(when: string) {
  const parsed = parsePolicy(
    `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com]
schedule: { every: 1h }
window: { span: 24h }
rules:
  - { name: first, when: drift.share >= 0.3, severity: warning, do: [notify] }
  - { name: second, when: '${when}', severity: warning, do: [notify] }
`,
    "churn.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

test.each([
  ['drift.feature("x").p < 0.01', true],
  ["drift.prediction.p < 0.01", true],
  ['drift.count > 1 || (rows > 100 && drift.feature("x") . p < 0.01)', true],
  ['drift.feature("p").psi > 0.1', false],
  ['drift.feature("a.p").drifted', false],
  ["drift.prediction.ks > 0.1", false],
  ["quality.count > 0", false],
])("whether %s asks for a p: %p", (when, asks) => expect(asksForP(policyWith(when))).toBe(asks));

test("a condition asks for what its words name", () => {
  const [, rule] = policyWith('drift.feature("x").psi > 0.1 && quality.count == 0').rules;
  if (rule === undefined) throw new Error("expected two rules");
  expect((["drift", "quality", "performance"] as const).map((what) => asksOf(rule, what))).toEqual([true, true, false]);
});
