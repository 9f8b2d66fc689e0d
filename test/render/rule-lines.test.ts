import { expect, test } from "@jest/globals";
import picocolors from "picocolors";
import { brokenInputRule, type RuleOutcome } from "../../src/core/drift/judge.ts";
import { ruleLines } from "../../src/render/rule-lines.ts";

const outcome = (more: Partial<RuleOutcome>): RuleOutcome => ({
  ...{ rule: "inputs drifted", segment: "", outcome: "quiet", severity: "warning", when: "drift.share >= 0.3" },
  ...{ place: "policies/churn.yaml:9:5", values: { "drift.share": 0.1 }, reason: undefined, forMs: 0, do: ["notify"] },
  ...more,
});
const lines = (outcomes: readonly RuleOutcome[], columns = 200) =>
  ruleLines(outcomes, picocolors.createColors(false), columns);

test("rules that hold come first, the critical ones before, then those that cannot be told", () => {
  const broken = { rule: brokenInputRule, values: { "quality.count": 0 }, when: "quality.count > 0.0" };
  expect(
    lines([
      outcome({}),
      outcome(broken),
      outcome({ rule: "worse", outcome: "inconclusive", values: {}, reason: "no labels yet", when: "a < b" }),
      outcome({ rule: "moved", outcome: "holds", values: { "drift.share": 0.4375 }, forMs: 172_800_000 }),
      outcome({ rule: "half", outcome: "holds", severity: "critical" }),
    ]),
  ).toEqual([
    "✗ half holds: drift.share = 0.1 (drift.share >= 0.3)",
    "▲ moved holds: drift.share = 0.438 (drift.share >= 0.3, for 2d)",
    "? worse cannot be told: no labels yet (a < b)",
    "· inputs drifted does not hold: drift.share = 0.1 (drift.share >= 0.3)",
    "· input broken does not hold: quality.count = 0 (built in)",
  ]);
});

test("a rule that is asked of segments has one line: where it holds, and how many are left", () => {
  const per = (country: number, said: RuleOutcome["outcome"]) =>
    outcome({ rule: "a country", segment: `country=C${country}`, outcome: said, values: { "drift.share": 0.5 } });
  expect(lines([per(1, "quiet"), per(2, "holds"), per(3, "inconclusive"), per(4, "quiet")])).toEqual([
    "▲ a country holds in country = C2 (drift.share = 0.5), does not hold in 2 segments, cannot be told in 1 segment (drift.share >= 0.3)",
  ]);
  expect(lines([per(1, "quiet"), per(2, "quiet")])).toEqual([
    "· a country does not hold in 2 segments (drift.share >= 0.3)",
  ]);
  const many = lines(
    Array.from({ length: 20 }, (_, i) => per(i, "holds")),
    400,
  );
  expect(many[0]).toContain("country = C4 (drift.share = 0.5) and 15 more");
  expect(many[0]).not.toContain("C5");
});

test("lines stay within the terminal, and what a policy wrote moves no cursor", () => {
  const long = outcome({ when: "drift.share >= 0.3 || ".repeat(12), rule: "a\u001b[2J\u0000\nb" });
  const made = lines([long], 60);
  expect(made.length).toBeGreaterThan(3);
  for (const line of made) expect(line.length).toBeLessThanOrEqual(60);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the test
  expect(made.join("")).not.toMatch(/[\u0000-\u001f]/);
});
