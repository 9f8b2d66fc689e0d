import { describe, expect, test } from "@jest/globals";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import {
  type ChiSquareMixture,
  evenMixture,
  mixtureQuantile,
  mixtureSurvival,
} from "../../../src/core/statistics/chi-square-mixture.ts";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../../../src/core/statistics/chi-square-survival.ts";
import { normalQuantile } from "../../../src/core/statistics/normal-quantile.ts";

function mixtureOf(weights: readonly number[]): ChiSquareMixture {
  const sum = (power: number) => weights.reduce((total, weight) => total + weight ** power, 0);
  return { first: sum(1), second: sum(2), third: sum(3) };
}

describe("even weights are chi-square", () => {
  test.each([1, 3, 9.5])("%d degrees", (degrees) => {
    expect(mixtureSurvival(7, evenMixture(degrees))).toBeCloseTo(chiSquareSurvival(7, degrees), 12);
    expect(mixtureQuantile(0.01, evenMixture(degrees))).toBeCloseTo(chiSquareQuantile(0.01, degrees), 9);
  });

  test("stretched by their size", () => {
    expect(mixtureQuantile(0.01, mixtureOf([4, 4, 4]))).toBeCloseTo(4 * chiSquareQuantile(0.01, 3), 9);
  });
});

test("the quantile is where the survival is its chance", () => {
  const mixture = mixtureOf([17, 9, 6, 5, 4]);
  for (const tail of [0.5, 0.05, 1e-3, 1e-8])
    expect(mixtureSurvival(mixtureQuantile(tail, mixture), mixture) / tail).toBeCloseTo(1, 9);
  expect(mixtureSurvival(0, mixture)).toBeGreaterThan(0.99);
});

test("uneven weights: simulated sums exceed the limit about as often as asked for", () => {
  const weights = [17, 9, 6.4, 4.8, 3.9, 3.2, 2.8, 2.5, 2.3];
  const random = seededRandom(5);
  const sums = Array.from({ length: 40_000 }, () =>
    weights.reduce((sum, weight) => sum + weight * normalQuantile(random()) ** 2, 0),
  );
  for (const tail of [0.1, 0.01]) {
    const limit = mixtureQuantile(tail, mixtureOf(weights));
    const share = sums.filter((sum) => sum > limit).length / sums.length;
    expect(share / tail).toBeGreaterThan(0.85);
    expect(share / tail).toBeLessThan(1.2);
  }
});
