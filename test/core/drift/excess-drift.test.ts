import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { excessDrift } from "../../../src/core/drift/excess-drift.ts";
import { heaviestBin } from "../../../src/core/drift/heaviest-bin.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";

const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 4, maxLength: 4 });

describe("the excess drift", () => {
  test("agrees with the hand computation", () => {
    // affinity = sqrt(.5 * .8) + sqrt(.5 * .2); scale = 1/100 + 1/50
    const affinity = Math.sqrt(0.4) + Math.sqrt(0.1);
    expect(excessDrift([50, 50], [40, 10])?.excess).toBeCloseTo(8 * (1 - affinity) - 0.03, 12);
  });

  test("is symmetric, at least 0, below its upper end, at most 8", () =>
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const [one, other] = [excessDrift(a, b), excessDrift(b, a)];
        if (one === undefined || other === undefined) return;
        expect(one.excess).toBeCloseTo(other.excess, 10);
        expect(one.excess).toBeGreaterThanOrEqual(0);
        expect(one.excess).toBeLessThanOrEqual(8);
        expect(one.upper).toBeGreaterThanOrEqual(one.excess);
      }),
    ));

  test("is nothing without rows", () => {
    expect(excessDrift([0, 0], [1, 2])).toBeUndefined();
    expect(excessDrift([], [])).toBeUndefined();
  });

  test("is small where nothing changed: on average less than the noise of one bin", () => {
    const random = seededRandom(5);
    const draw = (n: number) => {
      const cells = new Float64Array(8);
      for (let i = 0; i < n; i += 1) {
        const at = Math.floor(random() * 8);
        cells[at] = (cells[at] ?? 0) + 1;
      }
      return cells;
    };
    let total = 0;
    for (let trial = 0; trial < 300; trial += 1) total += excessDrift(draw(500), draw(700))?.excess ?? 0;
    expect(total / 300).toBeLessThan(2 * (1 / 500 + 1 / 700));
  });
});

test("the heaviest bin carries most of the PSI", () => {
  const found = heaviestBin([10, 10, 80], [10, 30, 60]);
  expect(found).toMatchObject({ bin: 1, before: 0.1, after: 0.3 });
  expect(found?.part).toBeGreaterThan(0.75);
  expect(heaviestBin([1, 1], [2, 2])?.part ?? 0).toBeLessThanOrEqual(1);
  expect(heaviestBin([], [])).toBeUndefined();
  expect(heaviestBin([0, 0], [1, 1])).toBeUndefined();
});
