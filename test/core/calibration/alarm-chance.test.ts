import { describe, expect, test } from "@jest/globals";
import { type AlarmChanceInput, alarmChance } from "../../../src/core/calibration/alarm-chance.ts";
import { designEffects } from "../../../src/core/calibration/design-effects.ts";
import { anyFeature } from "../../../src/core/calibration/drift-rules.ts";
import { hourlyGrid } from "../../../src/core/calibration/hourly-grid.ts";
import { countIncidents, type ReplayedRule } from "../../../src/core/calibration/replayed-rules.ts";
import { searchAlpha } from "../../../src/core/calibration/search-alpha.ts";
import { shareBudget } from "../../../src/core/calibration/share-budget.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { independentHours } from "./hours.ts";

const { h, d } = millisecondsPer;
const { bins, hours } = independentHours(8, 30 * 24, 10, 21);
const grid = hourlyGrid(bins, hours);
const month = { count: 1, perMs: 30 * d };
const base: AlarmChanceInput = {
  ...{ grid, effects: designEffects(grid, d), rules: [anyFeature], budget: month, everyMs: 4 * h, spanMs: d },
  ...{ tests: { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] }, floor: 0, effort: 60_000 },
};

describe("the chance of an alarm", () => {
  const often = alarmChance(base);

  test("keeps the incidents on drawn histories within the budget", () => {
    expect(often.tests).toBe(16);
    expect(often.alphaPerTest).toBeCloseTo(often.alpha / 16, 15);
    expect(often.alpha).toBeGreaterThan(1e-5);
    expect(often.alpha).toBeLessThan(0.05);
    expect(often).toMatchObject({ expected: 1, capped: false });
  });

  test("is the same whenever it is asked", () => {
    expect(alarmChance(base)).toEqual(often);
  });

  test("grows with the budget, with fewer checks, and up to 5 %", () => {
    expect(alarmChance({ ...base, budget: { count: 4, perMs: 30 * d } }).alpha).toBeGreaterThan(often.alpha);
    expect(alarmChance({ ...base, everyMs: d }).alpha).toBeGreaterThan(often.alpha);
    const generous = alarmChance({ ...base, everyMs: d, budget: { count: 1_000, perMs: d } });
    expect(generous).toMatchObject({ alpha: 0.05, capped: true });
    expect(generous.expected).toBeGreaterThan(0);
    expect(generous.expected).toBeLessThan(1_000);
  });

  test("is larger for a rule that must hold for days, and for one that asks for half of the features", () => {
    const lasting: ReplayedRule = { ...anyFeature, forMs: 3 * d };
    const half: ReplayedRule = { name: "half", forMs: 0, holds: (drifted) => drifted.size >= 4 };
    expect(alarmChance({ ...base, rules: [lasting] }).alpha).toBeGreaterThan(often.alpha);
    expect(alarmChance({ ...base, rules: [half] })).toMatchObject({ capped: true });
  });
});

describe("counting incidents", () => {
  const timing = { everyMs: h, spanMs: 4 * h };
  const history = (slots: readonly number[], p = 0.001) => ({
    slots: 40,
    candidates: new Map(slots.map((slot) => [slot, [{ feature: 0, p }]])),
  });

  test("an incident that goes on is one, and after a quiet span the next is another", () => {
    expect(countIncidents([anyFeature], [history([3, 4, 5])], timing, 0.01)).toBe(1);
    expect(countIncidents([anyFeature], [history([3, 6])], timing, 0.01)).toBe(1);
    expect(countIncidents([anyFeature], [history([3, 12])], timing, 0.01)).toBe(2);
  });

  test("a p above α does not count; each rule opens its own", () => {
    expect(countIncidents([anyFeature], [history([3], 0.02)], timing, 0.01)).toBe(0);
    expect(countIncidents([anyFeature, anyFeature], [history([3])], timing, 0.01)).toBe(2);
  });

  test("a rule with `for` needs windows that do not overlap", () => {
    const lasting = { ...anyFeature, forMs: 8 * h };
    expect(countIncidents([lasting], [history([3, 4, 5])], timing, 0.01)).toBe(0);
    expect(countIncidents([lasting], [history([3, 4, 5, 6, 7])], timing, 0.01)).toBe(1);
  });
});

describe("searching α", () => {
  test("finds where the allowed incidents are reached", () => {
    expect(searchAlpha((alpha) => alpha * 10_000, 100, 0.05)).toBeCloseTo(0.01, 4);
    expect(searchAlpha(() => 3, 100, 0.05)).toBe(0.05);
  });

  test("takes few incidents from many, in proportion", () => {
    // 25 at 0.0025; one of them is allowed.
    expect(searchAlpha((alpha) => alpha * 10_000, 1, 0.05)).toBeCloseTo(0.0001, 6);
  });
});

describe("sharing the budget", () => {
  const claims = { drift: true, performance: false, segments: false };

  test("all to drift alone, half each with performance, half of drift's to segments", () => {
    expect(shareBudget(month, claims).whole?.count).toBe(1);
    const both = shareBudget(month, { ...claims, performance: true });
    expect([both.whole?.count, both.performance?.count, both.segments]).toEqual([0.5, 0.5, undefined]);
    const all = shareBudget(month, { drift: true, performance: true, segments: true });
    expect([all.whole?.count, all.segments?.count, all.performance?.count]).toEqual([0.25, 0.25, 0.5]);
  });

  test("performance alone has everything", () => {
    expect(shareBudget(month, { drift: false, performance: true, segments: false })).toEqual({
      whole: undefined,
      segments: undefined,
      performance: month,
    });
  });
});
