import { expect, test } from "@jest/globals";
import { plainValues, resolveFile } from "../../../src/core/policy/resolved-file.ts";
import { policyChanges } from "../../../src/core/replay/policy-changes.ts";

const policy = (more: string, rules = "  - { name: drifted, when: drift.share >= 0.3 }") =>
  `apiVersion: driftward/v1\nkind: Policy\nmodel: churn\nowners: [a@example.com]\n${more}rules:\n${rules}\n`;

function valuesOf(source: string): unknown {
  const read = resolveFile(source, "churn.yaml");
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return plainValues(read.resolved);
}

const between = (before: string, after: string) => policyChanges(valuesOf(before), valuesOf(after));

test("a value that changes is told as the files write it", () => {
  expect(
    between(policy("drift: { alarm_budget: 1 per 30d }\n"), policy("drift: { alarm_budget: 1 per 7d }\n")),
  ).toEqual([{ path: "drift.alarm_budget", kind: "changed", before: "1 per 30d", after: "1 per 7d" }]);
});

test("what means the same is no change", () => {
  const one = policy("window: { span: 24h }\ndrift: { floor: 5%, alarm_budget: 1 per 30d }\n");
  const other = policy("window: { span: 1d }\ndrift: { floor: 0.05, alarm_budget: '1  per  720h' }\n# a comment\n");
  expect(between(one, other)).toEqual([]);
});

test("writing a default down is no change", () => {
  expect(between(policy(""), policy("window: { span: 24h, min_rows: 500 }\n"))).toEqual([]);
});

test("rules are matched by name, and told part by part", () => {
  const before = "  - { name: a, when: drift.share >= 0.3 }\n  - { name: b, when: rows < 10.0 }";
  const after = "  - { name: c, when: rows < 5.0 }\n  - { name: a, when: drift.share >= 0.5, for: 2d }";
  expect(between(policy("", before), policy("", after))).toEqual([
    { path: 'rules["a"].when', kind: "changed", before: "drift.share >= 0.3", after: "drift.share >= 0.5" },
    { path: 'rules["a"].for', kind: "changed", before: "0s", after: "2d" },
    {
      path: 'rules["b"]',
      kind: "removed",
      before: "{ name: b, when: rows < 10.0, for: 0s, severity: warning, do: [notify] }",
      after: undefined,
    },
    {
      path: 'rules["c"]',
      kind: "added",
      before: undefined,
      after: "{ name: c, when: rows < 5.0, for: 0s, severity: warning, do: [notify] }",
    },
  ]);
});

test("lists of names are told whole", () => {
  const [change] = between(policy(""), policy("drift: { features: { watch: ['*'], exclude: [id] } }\n"));
  expect(change).toEqual({ path: "drift.features.exclude", kind: "changed", before: "[]", after: "[id]" });
});

test("a policy where there was none is added section by section", () => {
  const all = policyChanges({}, valuesOf(policy("")));
  expect(all.every(({ kind }) => kind === "added")).toBe(true);
  expect(all.find(({ path }) => path === "model")?.after).toBe("churn");
});
