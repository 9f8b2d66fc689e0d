import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { brokenInputRule, judge } from "../../../src/core/drift/judge.ts";
import { type Observed, ruleFacts } from "../../../src/core/drift/rule-facts.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import { damage, finding } from "./sides.ts";

function policyWith(rules: readonly string[]): Policy {
  const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [risk@example.com]
performance: { metrics: [roc_auc] }
retrain: { trainer: churn }
evaluate: { gates: [candidate.roc_auc.lower > 0.6] }
rules:
${rules.join("\n")}
`;
  const parsed = parsePolicy(source, "churn.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

const share = "  - { name: inputs drifted, when: drift.share >= 0.5, for: 2d, do: [notify] }";
const auc =
  "  - { name: auc fell, when: performance.roc_auc.drop.lower > 0.02, severity: critical, do: [notify, retrain] }";
const rows = "  - { name: too quiet, when: rows < 600 }";

const seen: Observed = {
  rows: 1_000,
  findings: [finding({ feature: "a" })],
  watched: ["a"],
  quality: [],
  missingRise: {},
  performance: [],
  withoutDrift: undefined,
  withoutPerformance: "no mature predictions yet",
};
const drifted = [finding({ feature: "a", drifted: true })];
const fallen = [
  {
    metric: "roc_auc" as const,
    now: { value: 0.7, lower: 0.69, upper: 0.71, n: 900 },
    promised: { value: 0.9, lower: 0.89, upper: 0.91, n: 900 },
  },
];

function verdictOf(rules: readonly string[], more: Partial<Observed>) {
  const observed = { ...seen, ...more };
  return judge(policyWith(rules), ruleFacts(observed), observed.quality, observed.withoutDrift);
}

describe("the verdict", () => {
  test.each<[string, readonly string[], Partial<Observed>, string, string | undefined]>([
    ["nothing holds", [share], {}, "ok", undefined],
    ["a warning holds", [share], { findings: drifted }, "warning", undefined],
    ["a critical rule holds", [auc], { performance: fallen, withoutPerformance: undefined }, "critical", undefined],
    [
      "the worst of two",
      [share, auc],
      { findings: drifted, performance: fallen, withoutPerformance: undefined },
      "critical",
      undefined,
    ],
    ["one rule quiet, the other not to be told", [share, auc], {}, "ok", undefined],
    [
      "the only rule cannot be told",
      [auc],
      {},
      "inconclusive",
      "performance.roc_auc.drop.lower is not known: no mature predictions yet",
    ],
    [
      "no rule can be told",
      [share, auc],
      { findings: [], watched: ["a"] },
      "inconclusive",
      "drift.share is not known: no watched feature has values on both sides",
    ],
    [
      "too few rows",
      [share],
      { findings: [], withoutDrift: "only 3 of the 500 rows needed" },
      "inconclusive",
      "only 3 of the 500 rows needed",
    ],
    [
      "too few rows, and a quiet rule about rows",
      [rows],
      { findings: [], withoutDrift: "only 3 rows", rows: 900 },
      "inconclusive",
      "only 3 rows",
    ],
    [
      "too few rows, and a rule about rows that holds",
      [rows],
      { findings: [], withoutDrift: "only 3 rows", rows: 3 },
      "warning",
      undefined,
    ],
    [
      "too few rows, and performance that fell",
      [share, auc],
      { findings: [], withoutDrift: "only 3 rows", performance: fallen, withoutPerformance: undefined },
      "critical",
      undefined,
    ],
    ["broken input", [share], { quality: [damage({})] }, "critical", undefined],
    ["a notice about the input", [share], { quality: [damage({ severity: "notice" })] }, "ok", undefined],
    [
      "an observed feature that drifted",
      [share],
      { findings: [...seen.findings, finding({ feature: "raw", drifted: true, observed: true })] },
      "ok",
      undefined,
    ],
  ])("%s", (_, rules, observed, verdict, reason) => {
    expect(verdictOf(rules, observed)).toMatchObject({ verdict, reason });
  });

  test("is never ok where nothing was judged, and has a reason just when it is inconclusive", () => {
    const observed = fc.record({
      findings: fc.constantFrom<Observed["findings"]>([], seen.findings, drifted),
      performance: fc.constantFrom<Observed["performance"]>([], fallen),
      withoutDrift: fc.constantFrom(undefined, "no predictions in 1d"),
      quality: fc.constantFrom<Observed["quality"]>([], [damage({})], [damage({ severity: "notice" })]),
    });
    fc.assert(
      fc.property(fc.subarray([share, auc, rows], { minLength: 1 }), observed, (rules, some) => {
        const { verdict, reason, outcomes } = verdictOf(rules, some);
        const own = outcomes.filter(({ rule }) => rule !== brokenInputRule);
        if (verdict === "ok") expect(own.some(({ outcome }) => outcome === "quiet")).toBe(true);
        expect(verdict === "inconclusive").toBe(reason !== undefined);
        expect(verdict === "warning" || verdict === "critical").toBe(
          outcomes.some(({ outcome }) => outcome === "holds"),
        );
      }),
    );
  });
});

describe("outcomes", () => {
  test("tell the rule, where it stands, and every value it asked for", () => {
    const [first, built] = verdictOf([share], { findings: drifted }).outcomes;
    expect(first).toEqual({
      rule: "inputs drifted",
      segment: "",
      outcome: "holds",
      severity: "warning",
      when: "drift.share >= 0.5",
      place: "churn.yaml:9:35",
      values: { "drift.share": 1 },
      reason: undefined,
      forMs: 172_800_000,
      do: ["notify"],
    });
    expect(built).toMatchObject({ rule: brokenInputRule, outcome: "quiet", values: { "quality.count": 0 } });
  });

  test("the built-in rule about input holds with what is broken, and keeps still where nothing was looked at", () => {
    const broken = verdictOf([share], { quality: [damage({}), damage({ message: "y is gone" })] }).outcomes.at(-1);
    expect(broken).toMatchObject({ outcome: "holds", severity: "critical", reason: "x is gone; y is gone" });
    const unseen = verdictOf([share], { withoutDrift: "only 3 rows" }).outcomes.at(-1);
    expect(unseen).toMatchObject({ outcome: "inconclusive", reason: "only 3 rows" });
  });

  test("a rule about quality is inconclusive where nothing was looked at", () => {
    const rule = "  - { name: any damage, when: quality.count >= 1 }";
    expect(verdictOf([rule], { withoutDrift: "only 3 rows" }).outcomes[0]).toMatchObject({
      outcome: "inconclusive",
      reason: "quality.count is not known: only 3 rows",
    });
    expect(verdictOf([rule], {}).outcomes[0]).toMatchObject({ outcome: "quiet" });
  });
});
