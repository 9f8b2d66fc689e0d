import { describe, expect, test } from "@jest/globals";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { fQuantile, fSurvival } from "../../../src/core/statistics/f-distribution.ts";

describe("F", () => {
  // scipy.stats.f.isf of scipy 1.17.1.
  test.each([
    [0.05, 1, 10, 4.964602743730711],
    [0.01, 3, 7, 8.451285053079983],
    [0.001, 4.5, 12.25, 9.076209261889101],
    [1e-6, 9, 30, 9.618463827619259],
    [1e-9, 2.3, 83, 24.08991278164897],
    [0.3, 49, 200, 1.1129830369991958],
  ])("exceeded with chance %d by %d and %d degrees: %d", (tail, above, below, limit) => {
    expect(fQuantile(tail, above, below) / limit).toBeCloseTo(1, 7);
    expect(fSurvival(limit, above, below) / tail).toBeCloseTo(1, 7);
  });

  test("with certain denominators it is chi-square over its degrees", () => {
    expect(fQuantile(0.001, 4.5, Number.POSITIVE_INFINITY)).toBeCloseTo(chiSquareQuantile(0.001, 4.5) / 4.5, 9);
    expect(fQuantile(0.001, 4.5, 999_999)).toBeCloseTo(fQuantile(0.001, 4.5, Number.POSITIVE_INFINITY), 3);
  });

  test("survival undoes the quantile far out", () => {
    for (const tail of [1e-2, 1e-6, 1e-12])
      expect(fSurvival(fQuantile(tail, 5.6, 83), 5.6, 83) / tail).toBeCloseTo(1, 8);
  });
});
