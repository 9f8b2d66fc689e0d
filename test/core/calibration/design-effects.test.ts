import { describe, expect, test } from "@jest/globals";
import { designEffects, inflateFor, tooFewBlocks } from "../../../src/core/calibration/design-effects.ts";
import { hourlyGrid } from "../../../src/core/calibration/hourly-grid.ts";
import { stratumOfHour } from "../../../src/core/calibration/match-baseline.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { binsOf, hoursOfCounts, independentHours } from "./hours.ts";

const day = millisecondsPer.d;
const one = (values: Readonly<Record<string, { readonly value: number; readonly own: number }>>, name: string) =>
  values[name] ?? { value: Number.NaN, own: Number.NaN };

describe("independent rows", () => {
  test("stand for themselves: the own estimates are about 1, the shrunk ones close to it", () => {
    const { bins, hours } = independentHours(12, 30 * 24, 20, 1);
    const { byFeature, provisional } = designEffects(hourlyGrid(bins, hours), day);
    const own = Object.values(byFeature).map((effect) => effect.own);
    expect(provisional).toBe(false);
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(1, 0);
    for (const effect of Object.values(byFeature)) {
      expect(effect.value).toBeGreaterThanOrEqual(1);
      expect(effect.value).toBeLessThan(1.4);
      expect(effect.blocks).toBe(30);
    }
  });

  test("blocks of different sizes do not change that", () => {
    const random = seededRandom(3);
    const bins = Array.from({ length: 10 }, (_, i) => binsOf(`f${i}`, ["a", "b"]));
    const sizeOf = (hour: number) => (Math.floor(hour / 24) % 5 === 0 ? 60 : 6);
    const hours = hoursOfCounts(bins, 40 * 24, (hour) =>
      Array.from({ length: sizeOf(hour) }, () => (random() < 0.3 ? 0 : 1)),
    );
    const own = Object.values(designEffects(hourlyGrid(bins, hours), day).byFeature).map((effect) => effect.own);
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeCloseTo(1, 0);
  });
});

test("rows that come ten alike count as one tenth", () => {
  const random = seededRandom(4);
  const bins = Array.from({ length: 8 }, (_, i) => binsOf(`f${i}`, ["a", "b"]));
  const hours = hoursOfCounts(bins, 60 * 24, () =>
    Array.from({ length: 3 }, () => (random() < 0.4 ? 0 : 1)).flatMap((value) =>
      Array.from({ length: 10 }, () => value),
    ),
  );
  const { byFeature } = designEffects(hourlyGrid(bins, hours), day);
  for (const { value } of Object.values(byFeature)) {
    expect(value).toBeGreaterThan(7);
    expect(value).toBeLessThan(13);
  }
});

test("a feature that changes by day keeps its own effect among many that do not", () => {
  const random = seededRandom(5);
  const bins = Array.from({ length: 12 }, (_, i) => binsOf(`f${i}`, ["a", "b"]));
  const level = Array.from({ length: 30 }, () => 0.3 + 0.4 * random());
  const hours = hoursOfCounts(bins, 30 * 24, (hour, feature) => {
    const share = feature === 0 ? (level[Math.floor(hour / 24)] ?? 0.5) : 0.5;
    return Array.from({ length: 20 }, () => (random() < share ? 0 : 1));
  });
  const { byFeature } = designEffects(hourlyGrid(bins, hours), day);
  const restless = one(byFeature, "f0");
  expect(restless.value).toBe(restless.own);
  expect(restless.value).toBeGreaterThan(10);
  expect(one(byFeature, "f1").value).toBeLessThan(1.5);
});

test("weekends are no dependence where the baseline is matched on the weekday", () => {
  const random = seededRandom(6);
  const bins = Array.from({ length: 6 }, (_, i) => binsOf(`f${i}`, ["a", "b"]));
  const hours = hoursOfCounts(bins, 56 * 24, (hour) => {
    const weekend = Math.floor(hour / 24) % 7 >= 5;
    return Array.from({ length: 20 }, () => (random() < (weekend ? 0.6 : 0.4) ? 0 : 1));
  });
  const grid = hourlyGrid(bins, hours);
  const plain = one(designEffects(grid, day).byFeature, "f0");
  const matched = designEffects(grid, day, (hour) => stratumOfHour(grid.firstHour + hour, ["weekday"]));
  expect(plain.value).toBeGreaterThan(10);
  expect(one(matched.byFeature, "f0").value).toBeLessThan(2);
});

describe("too little to go by", () => {
  test("fewer than eight blocks are provisional", () => {
    const { bins, hours } = independentHours(3, 7 * 24, 5, 2);
    expect(designEffects(hourlyGrid(bins, hours), day).provisional).toBe(true);
    const { bins: more, hours: longer } = independentHours(3, 8 * 24, 5, 2);
    expect(designEffects(hourlyGrid(more, longer), day).provisional).toBe(false);
    expect([tooFewBlocks(hours, day), tooFewBlocks(longer, day), tooFewBlocks([], day)]).toEqual([true, false, true]);
    // A day without rows is no block, and a part of one neither.
    expect(
      tooFewBlocks(
        longer.filter((_hour, i) => i < 24 || i >= 48),
        day,
      ),
    ).toBe(true);
    expect(tooFewBlocks(longer.slice(1), day)).toBe(true);
  });

  test("matching takes blocks away: seven weekdays of nine are nearly all that the blocks have", () => {
    const stratumOf = (hour: number) => stratumOfHour(hour, ["weekday"]);
    const provisional = (days: number) => {
      const { bins, hours } = independentHours(3, days * 24, 5, 2);
      const grid = hourlyGrid(bins, hours);
      const own = designEffects(grid, day, (hour) => stratumOf(grid.firstHour + hour)).provisional;
      expect(tooFewBlocks(hours, day, stratumOf)).toBe(own);
      return own;
    };
    expect([9, 13, 14, 21].map(provisional)).toEqual([true, true, false, false]);
  });

  test("no hour at all gives 1 with little trust", () => {
    const bins = [binsOf("f", ["a"])];
    const { byFeature, provisional } = designEffects(hourlyGrid(bins, []), day);
    expect(provisional).toBe(true);
    expect(byFeature.f).toEqual({ value: 1, own: 1, degrees: 7, blocks: 0 });
  });
});

test("an effect from few blocks is enlarged, the more the rarer a false alarm may be", () => {
  const noisy = { value: 2, degrees: 29 };
  // t with 29 degrees is 2.0452 at 5 %, the normal quantile 1.96.
  expect(inflateFor(noisy, 0.05)).toBeCloseTo(2 * (2.04523 / 1.95996) ** 2, 4);
  expect(inflateFor(noisy, 1e-4)).toBeGreaterThan(inflateFor(noisy, 1e-2));
  expect(inflateFor({ value: 2, degrees: 1e9 }, 1e-4)).toBeCloseTo(2, 6);
});
