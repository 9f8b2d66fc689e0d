import type { RuleOutcome } from "../../../src/core/drift/judge.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import type { ReplayedCheck } from "../../../src/core/replay/replay.ts";
import type { DecisionHistory } from "../../../src/core/replay/replay-decisions.ts";

const dayMs = 86_400_000;
export const on = (day: number): Date => new Date(Date.UTC(2024, 0, 1) + day * dayMs);

export function dailyPolicy(rules: string, more = ""): Policy {
  const parsed = parsePolicy(
    `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com, b@example.com]
schedule: { every: 1d }
window: { span: 24h }
performance: { metrics: [mae] }
rules:
${rules}
${more}`,
    "churn.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Days of checks; each letter is what the rule said: h holds, q quiet, i inconclusive. */
function checksOf(policy: Policy, days: string, at: Partial<ReplayedCheck> = {}): readonly ReplayedCheck[] {
  const words = { h: "holds", q: "quiet", i: "inconclusive" } as const;
  return [...days].map((letter, day): ReplayedCheck => {
    const outcome = words[letter as "h" | "q" | "i"];
    const outcomes = policy.rules.map(
      (rule): RuleOutcome => ({
        ...{
          rule: rule.name,
          segment: "",
          outcome,
          severity: rule.severity,
          when: rule.when.source,
          place: "churn.yaml:9:5",
        },
        ...{ values: { "drift.share": letter === "h" ? 0.5 : 0.1 }, reason: undefined, forMs: rule.forMs, do: rule.do },
      }),
    );
    const verdict = letter === "h" ? "warning" : letter === "q" ? "ok" : "inconclusive";
    return {
      ...{
        slot: on(day),
        windowStart: on(day - 1),
        windowEnd: on(day),
        decidedAt: new Date(on(day).getTime() + 600_000),
      },
      ...{ versionId: "v1", baselineId: "b1", asOfSeq: day, rows: 1_000, verdict, reason: undefined },
      ...{ outcomes, drifted: [], provisional: [] },
      ...at,
    };
  });
}

export function historyOf(policy: Policy, days: string, more: Partial<DecisionHistory> = {}): DecisionHistory {
  return {
    policy,
    checks: checksOf(policy, days),
    from: on(0),
    to: on(days.length - 1),
    promotions: [{ at: on(-10), version: "1", versionId: "v1", baselineId: "b1" }],
    runs: [],
    quarantines: [],
    runMs: 3_600_000,
    training: () => ({ newLabels: 10_000, holdout: { cut: on(0), trainingRows: 800, evaluationRows: 200 } }),
    trainerKnown: true,
    ...more,
  };
}
