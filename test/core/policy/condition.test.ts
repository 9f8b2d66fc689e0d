import { describe, expect, test } from "@jest/globals";
import {
  checkGate,
  checkRule,
  compileGate,
  compileRule,
  evaluateGate,
  evaluateRule,
} from "../../../src/core/policy/condition.ts";
import type { GateFacts, RuleFacts } from "../../../src/core/policy/facts.ts";
import type { KnownToRules } from "../../../src/core/policy/vocabulary.ts";

const known: KnownToRules = {
  features: { income: "numeric", age: "numeric", country: "categorical" },
  metrics: ["roc_auc", "log_loss"],
  tests: { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] },
};
const noFacts: RuleFacts = { rows: 0, drift: { features: {} }, quality: { features: {} }, performance: {} };
const facts: RuleFacts = {
  rows: 1200,
  drift: {
    share: 0.25,
    count: 1,
    features: {
      income: { drifted: true, statistics: { psi: 0.4, ks: 0.2 }, p: 0.001 },
      age: { drifted: false, statistics: { psi: 0.01, ks: 0.02 }, p: 0.7 },
    },
    prediction: { drifted: false, statistics: { psi: 0.02 }, p: 0.4 },
  },
  quality: { count: 2, features: { income: { missing: 0.07 } } },
  performance: {
    roc_auc: { value: 0.78, lower: 0.75, upper: 0.81, worsening: { value: 0.05, lower: 0.03, upper: 0.07 } },
    log_loss: { value: 0.4, lower: 0.38, upper: 0.42, worsening: { value: 0.1, lower: -0.01, upper: 0.2 } },
  },
};

const at = { file: "churn.yaml", line: 12, column: 11 };
const ask = (source: string, given: RuleFacts = facts) =>
  evaluateRule(compileRule({ source, place: at }, known), given);
function problems(source: string, words: KnownToRules = known) {
  const result = checkRule(source, words);
  return "problems" in result ? result.problems : [];
}

describe("a rule's condition", () => {
  test.each([
    ["drift.share >= 0.3", "quiet"],
    ["drift.share < 0.3", "holds"],
    ['drift.share >= 0.3 || drift.feature("income").drifted', "holds"],
    ["drift.feature('age').drifted", "quiet"],
    ['!drift.feature("age").drifted && drift.feature("income").ks > 0.1', "holds"],
    ['drift.feature("income").p < 0.01', "holds"],
    ["drift.prediction.psi > 0.1", "quiet"],
    ["drift.count == 1", "holds"],
    ["drift.count in [2, 3]", "quiet"],
    ["rows >= 1000 ? quality.count > 1 : false", "holds"],
    ['quality.feature("income").missing > 0.05', "holds"],
    ["performance.roc_auc.drop.lower > 0.02", "holds"],
    ["performance.log_loss.rise.lower > 0.02", "quiet"],
    ["performance.roc_auc.drop.value / performance.roc_auc.value > 0.05", "holds"],
    ["abs(0.5 - performance.roc_auc.value) * 2.0 < 0.6", "holds"],
    ["double(drift.count) / double(rows) > 0.5", "quiet"],
    ["performance.roc_auc.value + -0.1 >= 0.67 != false", "holds"],
  ])("%s: %s", (source, outcome) => expect(ask(source).outcome).toBe(outcome));

  test("explains itself with every value it names", () => {
    expect(ask('drift.share >= 0.3 || drift.feature("income").drifted').values).toEqual({
      "drift.share": 0.25,
      'drift.feature("income").drifted': true,
    });
  });

  test.each([
    ["drift.share >= 0.3", "inconclusive"],
    ["!(drift.share >= 0.3)", "inconclusive"],
    ["drift.share >= 0.3 || rows > 5", "inconclusive"],
    ["rows > 5 || drift.share >= 0.3", "inconclusive"],
    ["drift.share >= 0.3 && rows < 5", "inconclusive"],
    ["drift.share >= 0.3 || rows < 5", "holds"],
    ["drift.share >= 0.3 && rows > 5", "quiet"],
    ["!(drift.share >= 0.3 && rows < 5)", "inconclusive"],
    ['!drift.feature("income").drifted', "inconclusive"],
    ["drift.share + 1.0 > 0.0", "inconclusive"],
    ["drift.share in [0.1, 0.2]", "inconclusive"],
    ["drift.share > 0.1 ? rows < 5 : rows < 5", "inconclusive"],
    ["drift.share > 0.1 != true", "inconclusive"],
    ["performance.roc_auc.drop.lower > 0.02", "inconclusive"],
  ])("with nothing known but that there are no rows, %s is %s", (source, outcome) =>
    expect(ask(source, noFacts).outcome).toBe(outcome),
  );

  test("says what is absent and why", () => {
    const source = 'performance.roc_auc.drop.lower > 0.02 || drift.feature("age").drifted';
    const given = { ...facts, performance: {}, absent: { performance: "no labels yet" } };
    expect(ask(source, given)).toEqual({
      outcome: "inconclusive",
      reason: "performance.roc_auc.drop.lower is not known: no labels yet",
      values: { 'drift.feature("age").drifted': false },
    });
  });

  test("takes NaN, handed in or computed, as not known", () => {
    const broken = { ...facts, drift: { ...facts.drift, share: Number.NaN } };
    expect(ask("!(drift.share > 0.3)", broken).outcome).toBe("inconclusive");
    const zero = { ...facts, drift: { ...facts.drift, share: 0 } };
    expect(ask("!(drift.share / drift.share > 0.3)", zero)).toMatchObject({
      outcome: "inconclusive",
      reason: "its numbers give no value (such as 0 divided by 0)",
    });
  });

  test("reads only what facts hold themselves", () => {
    const anyName = { ...known, features: { constructor: "numeric", __proto__: "numeric" } as const };
    const rule = compileRule({ source: 'drift.feature("constructor").psi > 0.1', place: at }, anyName);
    expect(evaluateRule(rule, facts).outcome).toBe("inconclusive");
  });
});

describe("what a rule's condition may not say", () => {
  test.each([
    ['drift.feature("incmoe").drifted', 14, 'the model has no feature "incmoe"', 'did you mean "income"?'],
    ["drift.shar > 0.1", 6, 'there is no "shar" in drift', 'did you mean "share"?'],
    ["driftt.share > 0.1", 0, 'there is no "driftt"', 'did you mean "drift"?'],
    ["drift.share == 1", 0, "== cannot be used between a decimal number and a whole number", "write 1.0"],
    ["drift.count == 1.0", 0, "== cannot be used between a whole number and a decimal number", "write 1"],
    [
      "rows * 0.5 > 3.0",
      0,
      "* cannot be used between a whole number and a decimal number",
      "write double(…) around the whole number",
    ],
    [
      "drift.share",
      0,
      "expected a condition that is true or false, got a decimal number",
      "compare it with a number, such as drift.share >= 0.3",
    ],
    [
      "performance.roc_auc.rise.lower > 0.1",
      20,
      "roc_auc is better when higher, so it gets worse by a drop",
      "write drop",
    ],
    [
      "performance.log_loss.drop.lower > 0.1",
      21,
      "log_loss is better when lower, so it gets worse by a rise",
      "write rise",
    ],
    ["performance.mae.value > 3.0", 12, "mae is not among performance.metrics", "add it to performance.metrics"],
    ["performance.roc_acu.value > 0.1", 12, 'there is no "roc_acu" in performance', 'did you mean "roc_auc"?'],
    [
      "performance.roc_auc > 0.1",
      19,
      "expected a value after performance.roc_auc",
      "known here: value, lower, upper, drop",
    ],
    [
      'drift.feature("country").ks > 0.1',
      25,
      "ks is not made for categorical features",
      "add it to drift.tests, or ask for a test that is there",
    ],
    ["drift.feature(income).psi > 0.1", 14, 'expected one name in quotes: feature("income")', undefined],
    ["drift.share > 30", 0, "this comparison can never hold: drift.share is between 0 and 1", "write 30% as 0.3"],
    ["0 > rows", 0, "this comparison can never hold: rows is at least 0", "compare with a number between its ends"],
    [
      "performance.roc_auc.drop.lower > 1.5",
      0,
      "this comparison can never hold: performance.roc_auc.drop.lower is between -1 and 1",
      "write 1.5% as 0.015",
    ],
    ["drift.share.value > 0.1", 12, "drift.share is a value: nothing can follow it", undefined],
    ["drift.share >= 0.3 or rows > 5", 19, 'the condition cannot be read from "or" on', "write || instead of or"],
    ["drift.share = 0.3", 12, 'the condition cannot be read from "=" on', "write == instead of ="],
    ["drift.share > 30%", 17, "the condition ends too early", "write a share as a fraction: 30% is 0.3"],
    [
      '"aaaa".matches("(a+)+$")',
      7,
      "matches() cannot be used in conditions",
      'only feature("name"), abs(x) and double(x) can',
    ],
    ["has(drift.share)", 0, "has() cannot be used in conditions", 'only feature("name"), abs(x) and double(x) can'],
    ["[1, 2].all(x, x > 0)", 7, "all() cannot be used in conditions", 'only feature("name"), abs(x) and double(x) can'],
    [
      "dyn(drift.share) == 1",
      0,
      "dyn() cannot be used in conditions",
      'only feature("name"), abs(x) and double(x) can',
    ],
    ['drift["share"] > 0.1', 0, '"[]" cannot be used in conditions', undefined],
    ["abs(drift.count) / 2 > 1", 0, "dividing whole numbers would cut off the fraction", "write double(…) around them"],
    ["1 < 2", 0, "the condition asks for nothing", "compare a value such as drift.share with a number"],
    [
      "drift.share == null",
      15,
      "conditions compare numbers, and true with false",
      "texts stand only inside feature(…)",
    ],
  ])("%s", (source, offset, message, hint) => {
    expect(problems(source)[0]).toEqual({
      offset,
      message,
      severity: "error",
      ...(hint === undefined ? {} : { hint }),
    });
  });

  test("names every unknown name at once", () => {
    expect(problems('drift.shar > 0.1 || drift.feature("agee").drifted').map((one) => one.offset)).toEqual([6, 34]);
  });

  test("is refused when it is far too large", () => {
    for (const source of [
      `${"!".repeat(3000)}true`,
      "(".repeat(3000),
      Array(400).fill("rows > 1").join(" || "),
      "x".repeat(9000),
    ])
      expect(problems(source)[0]?.severity).toBe("error");
  });

  test("takes any feature's name while there is no baseline", () => {
    const { features: _, ...unknownYet } = known;
    expect(checkRule('drift.feature("anything").ks > 0.1', unknownYet)).toHaveProperty("compiled");
  });

  test("throws with place, when compiled for use", () => {
    expect(() => compileRule({ source: "drift.shar > 0.1", place: at }, known)).toThrow(
      expect.objectContaining({ code: "InvalidPolicy", place: { file: "churn.yaml", line: 12, column: 17 } }),
    );
  });
});

describe("a gate's condition", () => {
  const measured: GateFacts = {
    candidate: { roc_auc: { value: 0.8, lower: 0.79, upper: 0.81 } },
    champion: { roc_auc: { value: 0.78, lower: 0.77, upper: 0.79 } },
    difference: { roc_auc: { value: 0.02 } },
    absent: { difference: "too few rows" },
  };
  const judge = (source: string) =>
    evaluateGate(compileGate({ source, place: at }, { metrics: ["roc_auc", "log_loss"] }), measured);

  test("passes, fails, or cannot tell", () => {
    expect(judge("candidate.roc_auc.lower >= 0.78")).toEqual({
      outcome: "pass",
      values: { "candidate.roc_auc.lower": 0.79 },
    });
    expect(judge("candidate.roc_auc.value > champion.roc_auc.value + 0.1").outcome).toBe("fail");
    expect(judge("difference.roc_auc.lower >= -0.01")).toEqual({
      outcome: "inconclusive",
      reason: "difference.roc_auc.lower is not known: too few rows",
      values: {},
    });
  });

  test("knows the metrics of the model's kind only", () => {
    const result = checkGate("candidate.mae.value < 3.0", { metrics: ["roc_auc"] });
    expect(result).toEqual({
      problems: [
        {
          offset: 10,
          message: "mae is no metric of this kind of model",
          hint: "known here: roc_auc",
          severity: "error",
        },
      ],
    });
  });
});
