import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkRule, evaluateRule } from "../../../src/core/policy/condition.ts";
import type { RuleFacts } from "../../../src/core/policy/facts.ts";

const known = { metrics: ["roc_auc"] };
const excluded = /can never hold at once/;

function said(source: string): string {
  const result = checkRule(source, known);
  return "problems" in result ? result.problems.map((one) => one.message).join("\n") : "";
}

describe("parts of an && that exclude each other", () => {
  test.each([
    "drift.share > 0.5 && drift.share < 0.2",
    "drift.share > 0.5 && drift.share <= 0.5",
    "0.2 > drift.share && 0.5 < drift.share",
    "drift.share == 0.3 && drift.share == 0.4",
    "rows > 3 && rows < 4",
    "drift.prediction.drifted && drift.share > 0.1 && !drift.prediction.drifted",
    "performance.roc_auc.lower > 0.9 && performance.roc_auc.upper < 0.8",
    "performance.roc_auc.drop.value < 0.0 && performance.roc_auc.drop.lower > 0.1",
    "rows > 5 || (drift.share > 0.5 && (rows > 1 && drift.share < 0.2))",
  ])("%s", (source) => expect(said(source)).toMatch(excluded));

  test.each([
    "drift.share > 0.2 && drift.share < 0.5",
    "drift.share >= 0.5 && drift.share <= 0.5",
    "rows > 3 && rows < 5",
    "drift.share > 0.5 || drift.share < 0.2",
    "performance.roc_auc.lower < 0.8 && performance.roc_auc.upper > 0.9",
    "performance.roc_auc.value > 0.9 && performance.roc_auc.drop.value < 0.1",
    'drift.feature("a").drifted && !drift.feature("b").drifted',
    "drift.share > 0.5 && (drift.share < 0.2 || rows > 5)",
    "drift.share > 0.5 && !(drift.share < 0.2)",
  ])("not %s", (source) => expect(said(source)).not.toMatch(excluded));
});

const facts = (share: number, rows: number): RuleFacts => ({
  rows,
  drift: { share, features: {} },
  quality: { features: {} },
  performance: {},
});

test("what is refused holds for no value; what holds for some value is not refused", () => {
  const part = fc
    .tuple(
      fc.constantFrom("drift.share", "rows"),
      fc.constantFrom("<", "<=", ">", ">=", "=="),
      fc.integer({ min: 1, max: 5 }),
    )
    .map(([path, operator, n]) => `${path} ${operator} ${path === "rows" ? n : (n / 10).toFixed(1)}`);
  const values = Array.from({ length: 13 }, (_, n) => n / 2);
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), (parts) => {
      const source = parts.join(" && ");
      const result = checkRule(source, known);
      const joined = parts.map((one) => checkRule(one, known));
      const holdsSomewhere = values.some((x) =>
        values.some((rows) =>
          joined.every((one) => {
            if ("problems" in one) return false;
            return evaluateRule(one.compiled, facts(x / 10, Math.floor(rows))).outcome === "holds";
          }),
        ),
      );
      expect([source, "problems" in result]).toEqual([source, !holdsSomewhere]);
    }),
    { numRuns: 400 },
  );
});
