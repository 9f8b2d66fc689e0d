import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { kolmogorovSmirnov } from "../../../src/core/statistics/kolmogorov-smirnov.ts";
import { ksBounds } from "../../../src/core/statistics/ks-bounds.ts";
import { ksFromCumulativeCounts } from "../../../src/core/statistics/ks-from-cumulative-counts.ts";
import { countPairs, expectInvalid, samples, tiedSamples } from "./arbitraries.ts";

/** Right-closed counts. */
function count(values: readonly number[], edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const bin = edges.filter((edge) => value > edge).length;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

const edgeLists = fc
  .uniqueArray(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 })
  .map((edges) => edges.sort((a, b) => a - b));

test("agrees with the hand computation", () => {
  // F = 0.5, 1; G = 0.25, 1. Inside the first bin F may be 0.5 with G at 0; inside the second G 1 with F at 0.5 or F 1 with G at 0.25.
  expect(ksBounds([2, 2], [1, 3])).toEqual({ lower: 0.25, upper: 0.75, bin: 0, direction: "up" });
  expect(ksBounds([2, 2], [1, 3], [true, true])).toEqual({ lower: 0.25, upper: 0.25, bin: 0, direction: "up" });
  expect(ksBounds([1, 3], [2, 2])).toMatchObject({ lower: 0.25, bin: 0, direction: "down" });
  expect(ksBounds([1, 1], [5, 5])).toEqual({ lower: 0, upper: 0.5, direction: "none" });
});

test("the bounds hold the distance of the rows", () =>
  fc.assert(
    fc.property(samples, samples, edgeLists, (a, b, edges) => {
      const { statistic } = kolmogorovSmirnov(a, b);
      const { lower, upper } = ksBounds(count(a, edges), count(b, edges));
      expect(lower).toBeLessThanOrEqual(statistic + 1e-12);
      expect(upper).toBeGreaterThanOrEqual(statistic - 1e-12);
    }),
    { numRuns: 300 },
  ));

test("an edge at every value makes both bounds the distance", () =>
  fc.assert(
    fc.property(tiedSamples, tiedSamples, (a, b) => {
      const edges = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4];
      const [left, right] = [count(a, edges), count(b, edges)];
      const { statistic } = kolmogorovSmirnov(a, b);
      const bounds = ksBounds(
        left,
        right,
        Array.from({ length: 11 }, () => true),
      );
      expect(bounds.lower).toBeCloseTo(statistic, 12);
      expect(bounds.upper).toBeCloseTo(statistic, 12);
      const cumulate = (counts: readonly number[]) =>
        counts.map((_, i) => counts.slice(0, i + 1).reduce((x, y) => x + y));
      expect(ksFromCumulativeCounts(cumulate(left), cumulate(right))).toBeCloseTo(statistic, 12);
    }),
  ));

test("merging bins widens the bounds and never moves them past each other", () =>
  fc.assert(
    fc.property(countPairs, ([b, w]) => {
      const merge = (counts: readonly number[]) =>
        counts.reduce<number[]>((merged, value, i) => {
          if (i % 2 === 0) merged.push(value);
          else merged[merged.length - 1] = (merged[merged.length - 1] ?? 0) + value;
          return merged;
        }, []);
      const [fine, coarse] = [ksBounds(b, w), ksBounds(merge(b), merge(w))];
      expect(coarse.lower).toBeLessThanOrEqual(fine.lower + 1e-12);
      expect(coarse.upper).toBeGreaterThanOrEqual(fine.upper - 1e-12);
      expect(fine.lower).toBeLessThanOrEqual(fine.upper);
    }),
  ));

test("refuses counts that are none", () => {
  expectInvalid(() => ksBounds([1], [1, 2]), "got 1 for the baseline and 2 for the window");
  expectInvalid(() => ksBounds([], []), "at least one");
  expectInvalid(() => ksBounds([1, -1], [1, 1]), "bin 1 of the baseline, got -1");
  expectInvalid(() => ksBounds([1, 1], [1, Number.NaN]), "bin 1 of the window, got NaN");
  expectInvalid(() => ksBounds([1, 1], [0, 0]), "at least one row in the window");
  expectInvalid(() => ksFromCumulativeCounts([3, 2], [1, 2]), "bin 1 of the baseline, got -1");
});
