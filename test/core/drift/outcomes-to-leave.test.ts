import { expect, test } from "@jest/globals";
import { brokenInputRule, type RuleOutcome } from "../../../src/core/drift/judge.ts";
import { outcomesToLeave } from "../../../src/core/drift/outcomes-to-leave.ts";

const values = {
  "drift.share": 0.5,
  "quality.count": 1,
  'quality.feature("age").missing': 0.02,
  "performance.roc_auc": 0.7,
};
const outcome = (more: Partial<RuleOutcome> = {}): RuleOutcome => ({
  ...{ rule: "r", segment: "", outcome: "holds", severity: "warning", when: "true", place: "p:1:1" },
  ...{ values, reason: undefined, forMs: 0, do: [] },
  ...more,
});
const seen = { rows: 1_000, segments: [], performance: [] };
const namesOf = (outcomes: readonly RuleOutcome[]) => outcomes.flatMap((one) => Object.keys(one.values));

test("what rests on enough rows stays as it is", () => {
  expect(outcomesToLeave([outcome()], seen, [])).toEqual([outcome()]);
});

test("shares of few rows, metrics of few labels and values of few rows do not leave", () => {
  const without = (name: string) => Object.keys(values).filter((one) => !one.startsWith(name));
  // 2 % of 100 rows are two.
  expect(namesOf(outcomesToLeave([outcome()], { ...seen, rows: 100 }, []))).toEqual(without("quality.feature"));
  const now = { value: 0.7, lower: 0.6, upper: 0.8, n: 9 };
  const performance = [{ metric: "roc_auc", now, promised: undefined }] as const;
  expect(namesOf(outcomesToLeave([outcome()], { ...seen, performance }, []))).toEqual(without("performance"));
  expect(namesOf(outcomesToLeave([outcome()], { ...seen, rows: 9 }, []))).toEqual([]);
});

test("segments of few rows, or of what has become sensitive, have no name", () => {
  const segments = [
    { segment: "country=NL", rows: 50, baselineRows: 90 },
    { segment: "country=VA", rows: 3, baselineRows: 90 },
  ];
  const asked = segments.map(({ segment }) => outcome({ segment }));
  const told = (sensitive: readonly string[]) =>
    outcomesToLeave(asked, { ...seen, segments }, sensitive).map(({ segment }) => segment);
  expect(told([])).toEqual(["country=NL", "country=(fewer than 10 rows)"]);
  expect(told(["country"])).toEqual(["country=(not shown)", "country=(not shown)"]);
});

test("why the input is broken is left to the findings of quality", () => {
  const broken = outcome({ rule: brokenInputRule, reason: "age is missing in 12 % of rows" });
  const silent = outcome({ outcome: "inconclusive", reason: "only 3 of the 500 rows needed" });
  expect(outcomesToLeave([broken, silent], seen, []).map(({ reason }) => reason)).toEqual([undefined, silent.reason]);
});
