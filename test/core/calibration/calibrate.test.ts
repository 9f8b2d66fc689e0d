import { describe, expect, test } from "@jest/globals";
import { calibrate, limitsOf } from "../../../src/core/calibration/calibrate.ts";
import { detectableAboveFloor, detectableByTest } from "../../../src/core/calibration/detectable-change.ts";
import { rulesByBudget } from "../../../src/core/calibration/drift-rules.ts";
import { performanceChance } from "../../../src/core/calibration/performance-chance.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { independentHours, profileOf } from "./hours.ts";

const { d } = millisecondsPer;

function policyOf(rules: string, more = "") {
  const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [risk@example.com]
schedule: { every: 6h }
window: { span: 24h, min_rows: 100 }
performance: { metrics: [roc_auc], window: 7d }
drift: { alarm_budget: 1 per 30d, floor: 5% }
${more}
rules:
${rules}
`;
  const parsed = parsePolicy(source, "churn.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("; "));
  return parsed.policy;
}

const rule = (name: string, when: string) => `  - { name: ${name}, when: '${when}', severity: warning, do: [notify] }`;
const anyDrift = policyOf(rule("any", "drift.count >= 1"));
const { bins, hours } = independentHours(5, 30 * 24, 20, 31);
const profile = profileOf(bins, hours);

describe("a policy with enough of a baseline", () => {
  const calibration = calibrate({ policy: anyDrift, profile, hours, effort: 20_000 });

  test("has a limit for every test of every watched feature", () => {
    expect(calibration.provisional).toBe(false);
    expect(calibration.features.map(({ feature }) => feature)).toEqual(["f0", "f1", "f2", "f3", "f4"]);
    expect(calibration.tests).toBe(10);
    for (const { tests, n, m, effect } of calibration.features) {
      expect(tests.map(({ test: name }) => name)).toEqual(["psi", "chi_square"]);
      for (const { limit } of tests) expect(limit).toBeGreaterThan(0);
      expect(n * effect).toBeCloseTo(30 * 24 * 20, 6);
      expect(m * effect).toBeCloseTo(24 * 20, 6);
    }
  });

  test("says what the smallest change is that is seen, and that the tests ask for more than the floor where rows are few", () => {
    for (const { smallestChange, ruledBy } of calibration.features) {
      expect(smallestChange).toBeGreaterThan(0.05);
      expect(smallestChange).toBeLessThan(0.3);
      expect(ruledBy).toBe("budget");
    }
  });

  test("with many rows it is the floor that decides", () => {
    const many = calibrate({ policy: anyDrift, profile, hours, effort: 1, windowRows: 100_000 });
    expect(many.features.map(({ ruledBy }) => ruledBy)).toEqual(["floor", "floor", "floor", "floor", "floor"]);
  });

  test("gives a check its limits", () => {
    const limits = limitsOf(calibration);
    expect(limits.alphaPerTest).toBe(calibration.alphaPerTest);
    expect(limits.performanceConfidence).toBe(0.95);
    expect(Object.keys(limits.effects)).toHaveLength(5);
    for (const effect of Object.values(limits.effects)) expect(effect).toBeGreaterThanOrEqual(1);
  });
});

describe("a policy with too little of a baseline", () => {
  test("spreads the budget over the checks, and is provisional", () => {
    const calibration = calibrate({ policy: anyDrift, profile, hours: hours.slice(0, 5 * 24) });
    expect(calibration.provisional).toBe(true);
    expect(calibration.alpha).toBeCloseTo(6 / (30 * 24), 12);
    const without = calibrate({ policy: anyDrift, profile, hours: [] });
    expect(without.provisional).toBe(true);
    // Nothing measured: the care for noise is all there is.
    for (const { effect } of without.features) expect(effect).toBeGreaterThan(2);
  });
});

describe("rules by what bounds them", () => {
  const names = ["f0", "f1", "f2", "f3", "prediction"];
  const watched = names.slice(0, 4);
  const sort = (...rules: string[]) => rulesByBudget(policyOf(rules.join("\n")), names, watched);

  test("a share is asked as it is written", () => {
    const [half] = sort(rule("half", "drift.share >= 0.5")).drift;
    expect(half?.holds(new Set([0]))).toBe(false);
    expect(half?.holds(new Set([0, 3]))).toBe(true);
    // The prediction is no feature.
    expect(half?.holds(new Set([0, 4]))).toBe(false);
  });

  test("a named feature and the prediction", () => {
    const [named] = sort(rule("named", 'drift.feature("f2").drifted || drift.prediction.drifted')).drift;
    expect(named?.holds(new Set([1]))).toBe(false);
    expect(named?.holds(new Set([2]))).toBe(true);
    expect(named?.holds(new Set([4]))).toBe(true);
  });

  test("performance, and limits of one's own, are told apart", () => {
    const found = sort(
      rule("worse", "performance.roc_auc.drop.lower > 0.02"),
      rule("fixed", 'drift.feature("f0").psi > 0.2'),
      rule("both", "drift.share >= 0.5 || performance.roc_auc.drop.lower > 0.02"),
    );
    expect(found.drift.map(({ name }) => name)).toEqual(["both"]);
    expect(found.performance).toEqual(["worse", "both"]);
    expect(found.unbudgeted).toEqual(["fixed"]);
  });
});

describe("performance rules", () => {
  const input = { rules: [{ name: "worse", forMs: 0 }], metrics: 1, everyMs: d, windowMs: 7 * d };

  test("need no more than 95 % where the budget is wide, and more where it is narrow", () => {
    const wide = performanceChance({ ...input, budget: { count: 1, perMs: 30 * d } });
    expect(wide.confidence).toBe(0.95);
    expect(wide.expected).toBeLessThan(1);
    const narrow = performanceChance({ ...input, budget: { count: 1, perMs: 365 * d } });
    expect(narrow.confidence).toBeGreaterThan(0.97);
    expect(narrow.expected).toBeLessThan(1.2);
  });

  test("more metrics ask for more", () => {
    const budget = { count: 1, perMs: 365 * d };
    expect(performanceChance({ ...input, metrics: 5, budget }).confidence).toBeGreaterThan(
      performanceChance({ ...input, budget }).confidence,
    );
  });
});

describe("the smallest change seen", () => {
  const sized = (rows: number) => ({ baseline: Array.from({ length: 10 }, () => 10_000), windowSize: rows });

  test("by KS is its limit and what luck takes away", () => {
    const noise = 1 / 100_000 + 1 / 1_000;
    const expected = Math.sqrt((Math.log(2 / 0.001) * noise) / 2) + 0.8416 * Math.sqrt(noise / 4);
    expect(detectableByTest({ test: "ks", alphaPerTest: 0.001, ...sized(1_000) })).toBeCloseTo(expected, 5);
  });

  test.each(["psi", "ks", "chi_square"] as const)("by %s falls with the rows and with a larger α", (name) => {
    const seen = (alphaPerTest: number, rows: number) =>
      detectableByTest({ test: name, alphaPerTest, ...sized(rows) }) ?? Number.NaN;
    expect(seen(0.001, 4_000)).toBeLessThan(seen(0.001, 1_000));
    expect(seen(0.01, 1_000)).toBeLessThan(seen(0.001, 1_000));
  });

  test("above the floor comes down to it with many rows", () => {
    const few = detectableAboveFloor(sized(500), 0.05) ?? Number.NaN;
    const many = detectableAboveFloor({ baseline: sized(1).baseline.map((n) => n * 100), windowSize: 1e7 }, 0.05);
    expect(few).toBeCloseTo(0.05 + 0.8416 * Math.sqrt((1 / 500 + 1 / 100_000) / 4), 5);
    expect(many).toBeGreaterThan(0.05);
    expect(many).toBeLessThan(0.06);
  });
});
