import { expect, test } from "@jest/globals";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { settingsOf, withSettings } from "../../../src/core/replay/settings.ts";

const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com]   # them
drift: { alarm_budget: 1 per 30d }
rules:
  - { name: a, when: drift.share >= 0.3 }
`;

test("a sweep is every combination of its values", () => {
  const found = settingsOf(["drift.alarm_budget=1 per 7d,1 per 30d", "window.span=24h,48h"]);
  expect(found.map((settings) => settings.map(({ value }) => value))).toEqual([
    ["1 per 7d", "24h"],
    ["1 per 7d", "48h"],
    ["1 per 30d", "24h"],
    ["1 per 30d", "48h"],
  ]);
  expect(settingsOf([])).toEqual([[]]);
});

test("what is no setting, and too many of them, are refused", () => {
  for (const text of ["", "drift", "drift.alarm_budget=", "=1"])
    expect(() => settingsOf([text])).toThrow(expect.objectContaining({ code: "InvalidInput" }));
  const many = `window.min_rows=${Array.from({ length: 65 }, (_, i) => i + 1).join(",")}`;
  expect(() => settingsOf([many])).toThrow("at most 64");
});

test("a value is put in where it was, or anew; numbers stay numbers", () => {
  const changed = withSettings(source, [
    { path: "drift.alarm_budget", value: "1 per 7d" },
    { path: "window.min_rows", value: "200" },
    { path: "rules[0].for", value: "2d" },
  ]);
  const parsed = parsePolicy(changed, "churn.yaml");
  expect(parsed).toMatchObject({
    policy: {
      drift: { alarmBudget: { count: 1, perMs: 7 * 86_400_000 } },
      window: { minRows: 200 },
      rules: [{ forMs: 2 * 86_400_000 }],
    },
  });
  expect(changed).toContain("# them");
});
