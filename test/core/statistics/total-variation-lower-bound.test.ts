import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { totalVariation } from "../../../src/core/statistics/total-variation.ts";
import { totalVariationLowerBound } from "../../../src/core/statistics/total-variation-lower-bound.ts";
import { totalVariationSpread } from "../../../src/core/statistics/total-variation-spread.ts";
import { countPairs, expectInvalid, permute } from "./arbitraries.ts";
import { drawCounts } from "./draw.ts";
import { expectWithin, mulberry32 } from "./vectors.ts";

const shapes = {
  even: (bins: number) => Array.from({ length: bins }, () => 1 / bins),
  falling: (bins: number) => {
    const weights = Array.from({ length: bins }, (_, i) => 1 / (i + 1));
    const sum = weights.reduce((total, weight) => total + weight);
    return weights.map((weight) => weight / sum);
  },
};

/** 5 % of rows move from the first bin to the last. */
const moveBetweenTwo = (shares: readonly number[]) =>
  shares.map((share, i) => share + (i === 0 ? -0.05 : i === shares.length - 1 ? 0.05 : 0));

/** 5 % of rows move from the lower to the upper half, in proportion. */
function moveHalves(shares: readonly number[]): number[] {
  const half = Math.floor(shares.length / 2);
  const lower = shares.slice(0, half).reduce((sum, share) => sum + share, 0);
  return shares.map((share, i) => share * (i < half ? 1 - 0.05 / lower : 1 + 0.05 / (1 - lower)));
}

/** How often the bound exceeds the true distance. */
function shareTooHigh(
  shares: readonly number[],
  moved: readonly number[],
  sizes: { n: number; m: number; truth: number; runs: number },
): number {
  const next = mulberry32(shares.length * 1_000 + sizes.m + sizes.runs);
  let tooHigh = 0;
  for (let run = 0; run < sizes.runs; run += 1) {
    const bound = totalVariationLowerBound(drawCounts(sizes.n, shares, next), drawCounts(sizes.m, moved, next));
    if (bound > sizes.truth) tooHigh += 1;
  }
  return tooHigh / sizes.runs;
}

const sizes = [
  [10_000, 200],
  [1_000, 1_000],
  [10_000, 5_000],
  [100_000, 100_000],
] as const;
const grid = Object.keys(shapes).flatMap((shape) =>
  [2, 3, 10, 20, 50].flatMap((bins) => sizes.map(([n, m]) => ({ shape: shape as keyof typeof shapes, bins, n, m }))),
);

describe("simulated windows", () => {
  // 500 runs: 5 % ± 3.6 standard errors ends at 8.5 %.
  test.each(grid)("$bins $shape bins, $n and $m rows: at most 5 % above 0 without drift", ({ shape, bins, n, m }) => {
    const shares = shapes[shape](bins);
    expect(shareTooHigh(shares, shares, { n, m, truth: 0, runs: 500 })).toBeLessThan(0.085);
  });

  test("over all of these it is 5 %", () => {
    const rates = grid.map(({ shape, bins, n, m }) =>
      shareTooHigh(shapes[shape](bins), shapes[shape](bins), { n, m, truth: 0, runs: 200 }),
    );
    const mean = rates.reduce((sum, rate) => sum + rate) / rates.length;
    // Neither too eager nor so careful that it sees nothing.
    expect(mean).toBeGreaterThan(0.035);
    expect(mean).toBeLessThan(0.06);
  });

  // 300 runs: 5 % ± 4 standard errors ends at 10 %.
  test.each(grid.filter(({ shape, bins }) => shape === "falling" || bins <= 20))(
    "$bins $shape bins, $n and $m rows: rarely above a true distance of 5 %",
    ({ shape, bins, n, m }) => {
      const shares = shapes[shape](bins);
      for (const moved of [moveHalves(shares), ...((shares[0] ?? 0) > 0.051 ? [moveBetweenTwo(shares)] : [])])
        expect(shareTooHigh(shares, moved, { n, m, truth: 0.05, runs: 300 })).toBeLessThan(0.1);
    },
  );

  test("a large drift is seen as such, and nearly whole with many rows", () => {
    const shares = shapes.even(10);
    const moved = shares.map((share, i) => share * (i < 5 ? 0.8 : 1.2));
    const next = mulberry32(5);
    const bound = (rows: number) =>
      totalVariationLowerBound(drawCounts(rows, shares, next), drawCounts(rows, moved, next));
    expect(bound(5_000)).toBeGreaterThan(0.06);
    expect(bound(200_000)).toBeGreaterThan(0.095);
    expect(bound(200_000)).toBeLessThan(0.103);
  });

  test("mean and variance are those of drawn counts", () => {
    const next = mulberry32(3);
    for (const [bins, n, m] of [
      [2, 500, 500],
      [3, 2_000, 400],
      [10, 5_000, 1_000],
      [30, 5_000, 5_000],
    ] as const) {
      const baseline = shapes.falling(bins);
      const window = moveHalves(baseline);
      const drawn = Array.from({ length: 4_000 }, () =>
        totalVariation(drawCounts(n, baseline, next), drawCounts(m, window, next)),
      );
      const mean = drawn.reduce((sum, value) => sum + value) / drawn.length;
      const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
      const expected = totalVariationSpread({
        baseline: Float64Array.from(baseline),
        window: Float64Array.from(window),
        n,
        m,
      });
      expectWithin(mean, expected.mean, 0.02);
      expectWithin(variance, expected.variance, 0.12);
    }
  });
});

test("lies between 0 and the distance of the counts, is symmetric, and falls as confidence grows", () =>
  fc.assert(
    fc.property(countPairs, ([b, w]) => {
      const bound = totalVariationLowerBound(b, w, 0.9);
      expect(bound).toBeGreaterThanOrEqual(0);
      expect(bound).toBeLessThanOrEqual(totalVariation(b, w));
      expectWithin(totalVariationLowerBound(w, b, 0.9), bound, 0, 2e-7);
      expect(totalVariationLowerBound(b, w, 0.99)).toBeLessThanOrEqual(bound + 2e-7);
      expect(totalVariationLowerBound(b, b)).toBe(0);
    }),
  ));

test("does not depend on the order of full bins, and grows with rows", () => {
  const [b, w] = [
    [300, 200, 100, 400],
    [200, 230, 150, 420],
  ] as const;
  expectWithin(
    totalVariationLowerBound(permute(b, [2, 0, 3, 1]), permute(w, [2, 0, 3, 1])),
    totalVariationLowerBound(b, w),
    0,
    2e-7,
  );
  const tenth = (counts: readonly number[]) => counts.map((count) => count / 10);
  expect(totalVariationLowerBound(tenth(b), tenth(w))).toBeLessThan(totalVariationLowerBound(b, w));
});

test("refuses counts and a confidence that are none", () => {
  expectInvalid(() => totalVariationLowerBound([1, 2], [1]), "got 2 for the baseline and 1 for the window");
  expectInvalid(() => totalVariationLowerBound([1, 2], [1, -1]), "got -1");
  expectInvalid(() => totalVariationLowerBound([1, 2], [1, 2], 1), "got 1");
});
