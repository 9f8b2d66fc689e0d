import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mergeSparseBins } from "../../../src/core/statistics/merge-sparse-bins.ts";
import { totalVariation } from "../../../src/core/statistics/total-variation.ts";
import { totalVariationEstimate } from "../../../src/core/statistics/total-variation-estimate.ts";
import { totalVariationSpread } from "../../../src/core/statistics/total-variation-spread.ts";
import { countPairs, expectInvalid } from "./arbitraries.ts";
import { drawCounts } from "./draw.ts";
import { mulberry32 } from "./vectors.ts";

const even = (bins: number) => Array.from({ length: bins }, () => 1 / bins);

/** A share of rows moves from the lower to the upper half of even bins, in proportion. */
function move(bins: number, share: number): number[] {
  return even(bins).map((each, i) => each * (i < bins / 2 ? 1 - 2 * share : 1 + 2 * share));
}

function means(bins: number, share: number, rows: number, runs = 300) {
  const next = mulberry32(bins * 1_000 + rows);
  let [observed, estimated] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const [before, after] = [drawCounts(20 * rows, even(bins), next), drawCounts(rows, move(bins, share), next)];
    observed += totalVariation(before, after) / runs;
    estimated += totalVariationEstimate(before, after) / runs;
  }
  return { observed, estimated };
}

describe("simulated windows", () => {
  test.each([
    [2, 0.05, 1_000],
    [10, 0.05, 200],
    [10, 0.1, 200],
    [10, 0.05, 5_000],
    [30, 0.1, 500],
  ])("%d bins, %d moved, %d rows: right to 2 %% of the rows on average", (bins, share, rows) => {
    const { observed, estimated } = means(bins, share, rows);
    expect(Math.abs(estimated - share)).toBeLessThan(0.02);
    expect(Math.abs(estimated - share)).toBeLessThanOrEqual(Math.abs(observed - share) + 0.004);
  });

  test("where nothing moved, most of what chance shows is taken off", () => {
    const { observed, estimated } = means(10, 0, 200);
    expect(observed).toBeGreaterThan(0.08);
    expect(estimated).toBeLessThan(0.4 * observed);
  });
});

test("two bins by hand: chance adds nothing to a difference of many standard deviations", () => {
  expect(totalVariationEstimate([5_000, 5_000], [4_000, 6_000])).toBeCloseTo(0.1, 5);
});

test("it is 0 where chance alone shows as much on average", () => {
  expect(totalVariationEstimate([500, 500], [51, 49])).toBe(0);
});

test("it lies between nothing and what was seen, whichever side is the baseline, and comes nearer with more rows", () => {
  fc.assert(
    fc.property(countPairs, ([before, after]) => {
      const [seen, estimate] = [totalVariation(before, after), totalVariationEstimate(before, after)];
      expect(estimate).toBeGreaterThanOrEqual(0);
      expect(estimate).toBeLessThanOrEqual(seen + 1e-12);
      expect(totalVariationEstimate(after, before)).toBeCloseTo(estimate, 5);
    }),
  );
  const times = (factor: number) =>
    totalVariationEstimate([300 * factor, 300 * factor, 400 * factor], [35 * factor, 30 * factor, 35 * factor]);
  expect(times(10)).toBeGreaterThan(times(1));
  expect(times(100)).toBeGreaterThan(times(10));
});

/** The estimate by the mean that comes with the variance. */
function estimateBySpread(before: readonly number[], after: readonly number[]): number {
  const merged = mergeSparseBins(before, after);
  const [b, w] = [merged.baselineCounts, merged.windowCounts];
  const sum = (counts: Float64Array) => counts.reduce((all, count) => all + count, 0);
  const [n, m, observed] = [sum(b), sum(w), totalVariation(b, w)];
  const pooled = b.map((count, i) => (count + (w[i] ?? 0)) / (n + m));
  const expected = (scale: number) => {
    const apart = (counts: Float64Array, rows: number) =>
      counts.map((count, i) => (pooled[i] ?? 0) + scale * (count / rows - (pooled[i] ?? 0)));
    return totalVariationSpread({ n, m, baseline: apart(b, n), window: apart(w, m) }).mean;
  };
  if (expected(0) >= observed) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + high) / 2;
    if (expected(middle) < observed) low = middle;
    else high = middle;
  }
  return low * observed;
}

test("the mean alone is the mean that comes with the variance, to the bit", () => {
  fc.assert(
    fc.property(countPairs, ([before, after]) => {
      expect(totalVariationEstimate(before, after)).toBe(estimateBySpread(before, after));
    }),
    { numRuns: 300 },
  );
});

test("refuses what is no pair of counts", () => {
  expectInvalid(() => totalVariationEstimate([1, 2], [1]), "got 2 for the baseline and 1 for the window");
  expectInvalid(() => totalVariationEstimate([1, 2], [0, 0]), "at least one row in the window");
});
