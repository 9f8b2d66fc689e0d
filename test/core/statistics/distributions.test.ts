import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../../../src/core/statistics/chi-square-survival.ts";
import { kolmogorovSurvival } from "../../../src/core/statistics/kolmogorov-survival.ts";
import { normalCdf } from "../../../src/core/statistics/normal-cdf.ts";
import { normalQuantile } from "../../../src/core/statistics/normal-quantile.ts";
import { expectInvalid } from "./arbitraries.ts";
import { expectWithin } from "./vectors.ts";

// Expected values: scipy 1.17.1, stats.kstwo.sf, stats.chi2.sf and stats.norm.ppf.
test.each([
  [1, 0.7, 0.6000000000000001],
  [2, 0.3, 0.98],
  [5, 0.15, 0.9988],
  [20, 0.05, 0.9999999767980384],
  [100, 0.06, 0.8428847956274123],
  [100, 0.12, 0.10330374901819939],
  [139, 0.2, 2.3829672649172915e-5],
  [141, 0.09, 0.19156768536655033],
  [141, 0.13, 0.015449346308454497],
  [500, 0.03, 0.7473166700457021],
  [5000, 0.002, 1.0],
  [5000, 0.02, 0.03613941395325637],
  [20000, 0.003, 0.9935433419563655],
  [100000, 0.0023, 0.6645113721635496],
  [100001, 0.0023, 0.6645052457280434],
  [1000000, 0.00148, 0.02500592205345431],
  [1000000, 0.003, 3.039812751939269e-8],
  [1000001, 0.002, 0.0006700258874578572],
  [50, 0.6, 9.634070456142374e-18],
  [50, 0.99, 2.0000000000000889e-100],
])("Kolmogorov's survival of %p rows at %p is scipy's", (n, x, expected) =>
  expectWithin(kolmogorovSurvival(n, x), expected, 1e-8),
);

test.each([
  [0.1, 1, 0.7518296340458492],
  [3.84, 1, 0.05004352124870519],
  [16.9, 9, 0.0503051901243108],
  [0.001, 9, 1.0],
  [60, 9, 1.3406780483959625e-9],
  [400, 9, 1.3699125019662825e-80],
  [1300, 20, 2.958624056214821e-263],
  [480, 500, 0.7323499301459842],
  [5000, 5000, 0.4973403788923451],
  [5500, 5000, 6.203019945328604e-7],
  [7.3, 4.5, 0.15768723634941148],
])("the chi-square survival of %p with %p degrees is scipy's", (x, degrees, expected) =>
  expectWithin(chiSquareSurvival(x, degrees), expected, 1e-10),
);

test.each([
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798409],
  [1e-5, -4.264890793922825],
  [0.025, -1.9599639845400545],
  [0.3, -0.5244005127080409],
  [0.6, 0.2533471031357997],
  [0.975, 1.959963984540054],
  [0.999999, 4.753424308817087],
])("the normal quantile of %p is scipy's", (p, expected) => expectWithin(normalQuantile(p), expected, 1e-13));

describe("inverses", () => {
  test("the normal quantile and distribution undo one another", () =>
    fc.assert(
      fc.property(fc.double({ min: -30, max: 5, noNaN: true }), (z) =>
        expectWithin(normalQuantile(normalCdf(z)), z, 1e-9, 1e-9),
      ),
    ));

  test("the chi-square limit has the tail asked for", () =>
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 0.999, noNaN: true }),
        fc.double({ min: 0.5, max: 300, noNaN: true }),
        (tail, degrees) => {
          const survival = chiSquareSurvival(chiSquareQuantile(tail, degrees), degrees);
          expectWithin(survival, tail, 1e-9);
          expect(survival).toBeLessThanOrEqual(tail);
        },
      ),
    ));
});

test("the normal distribution is symmetric", () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalCdf(1.3) + normalCdf(-1.3)).toBeCloseTo(1, 14);
});

test("Kolmogorov's survival falls from 1 to 0, over every change of method", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 7, 50, 140, 141, 1000, 30_000, 100_000, 2_000_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 1.2, noNaN: true }),
      (n, x, factor) => {
        const far = Math.min(1, (x * factor * 4) / Math.sqrt(n));
        const near = Math.min(1, (x * 4) / Math.sqrt(n));
        const [p, q] = [kolmogorovSurvival(n, near), kolmogorovSurvival(n, far)];
        expect(p).toBeLessThanOrEqual(1);
        expect(q).toBeGreaterThanOrEqual(0);
        expect(q).toBeLessThanOrEqual(p + 2e-6);
      },
    ),
  ));

test("edges are exact and nonsense is refused", () => {
  expect([chiSquareSurvival(0, 3), chiSquareSurvival(2, 0), chiSquareSurvival(Number.POSITIVE_INFINITY, 2)]).toEqual([
    1, 0, 0,
  ]);
  expect([kolmogorovSurvival(5, 0), kolmogorovSurvival(5, 1), kolmogorovSurvival(1, 0.75)]).toEqual([1, 0, 0.5]);
  expectInvalid(() => chiSquareSurvival(-1, 3), "got -1");
  expectInvalid(() => chiSquareSurvival(1, Number.NaN), "got NaN");
  expectInvalid(() => chiSquareQuantile(0, 3), "got 0");
  expectInvalid(() => chiSquareQuantile(0.5, 0), "got 0");
  expectInvalid(() => normalQuantile(1), "got 1");
  expectInvalid(() => normalCdf(Number.NaN), "NaN");
  expectInvalid(() => kolmogorovSurvival(1.5, 0.5), "got 1.5");
  expectInvalid(() => kolmogorovSurvival(5, 1.01), "got 1.01");
});
