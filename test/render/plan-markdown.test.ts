import { expect, test } from "@jest/globals";
import type { ModelPlan } from "../../src/core/replay/replayed-policy.ts";
import { planMarkdown } from "../../src/render/plan-markdown.ts";

const model = (name: string, kind: ModelPlan["kind"], lines = 1): ModelPlan => ({
  ...{ model: name, path: `policies/${name}.yaml`, kind, inForce: undefined, effect: undefined, without: undefined },
  changes: Array.from({ length: lines }, (_, i) => ({
    path: `drift.part${i}`,
    kind: "added",
    before: undefined,
    after: "x".repeat(50),
  })),
});

test("a comment fits where comments go, however many policies change, and counts what it leaves out", () => {
  const models = Array.from({ length: 200 }, (_, i) => model(`m${i}`, "new", 60));
  const problems = Array.from({ length: 300 }, (_, i) => ({
    place: { file: "policies/a.yaml", line: i + 1, column: 1 },
    severity: "error" as const,
    message: `mistake ${"y".repeat(40)} ${i}`,
  }));
  const text = planMarkdown({ models, problems });
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain("- … and 250 more");
  const told = [...text.matchAll(/^#### /gm)].length;
  expect(told).toBeGreaterThan(3);
  expect(text).toContain(`… and ${200 - told} more: \`driftward plan\` shows them.`);
});

test("tells hints, and models that no file governs any more", () => {
  const hint = {
    place: { file: "policies/a.yaml", line: 9, column: 37 },
    severity: "hint" as const,
    message: 'driftward.yaml names no webhook "pagr"',
    hint: 'did you mean "pager"?',
  };
  const text = planMarkdown({ models: [model("churn/NL", "left", 0)], problems: [hint] });
  expect(text).toContain('- 💡 `policies/a.yaml:9:37` driftward.yaml names no webhook "pagr". did you mean "pager"?');
  expect(text).toContain(
    "- `churn/NL` is in no file any more; its revision of `policies/churn/NL.yaml` stays in force.",
  );
  expect(text).toContain("no changes");
});
