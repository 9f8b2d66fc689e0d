import { describe, expect, test } from "@jest/globals";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { fQuantile, fSurvival } from "../../../src/core/statistics/f-distribution.ts";

describe("F", () => {
  // Printed tables of the upper 5 % and 1 % points.
  test.each([
    [0.05, 1, 10, 4.9646],
    [0.05, 5, 20, 2.7109],
    [0.01, 3, 7, 8.4513],
    [0.01, 10, 30, 2.9791],
  ])("exceeded with chance %d by %d and %d degrees: %d", (tail, above, below, limit) => {
    expect(fQuantile(tail, above, below)).toBeCloseTo(limit, 3);
    expect(fSurvival(limit, above, below)).toBeCloseTo(tail, 4);
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
