import { expect, test } from "@jest/globals";
import { type Estimate, worsening } from "../../../src/core/metrics/metric.ts";

const of = (value: number, lower: number, upper: number): Estimate => ({ value, lower, upper, n: 100 });

test("Newcombe's example: 56/70 against 48/80 is 0.2, from 0.0524 to 0.3339", () => {
  // Newcombe (1998), table II, contrast (a), method 10: Wilson's ends are 0.6916 to 0.8769 and 0.4908 to 0.7001.
  const result = worsening(of(0.8, 0.69159, 0.8769), of(0.6, 0.49082, 0.70009), "accuracy");
  expect(result.value).toBeCloseTo(0.2, 12);
  expect(result.lower).toBeCloseTo(0.0524, 3);
  expect(result.upper).toBeCloseTo(0.3339, 3);
});
test("more error is worse, less accuracy is worse", () => {
  expect(worsening(of(2, 1, 3), of(5, 4, 6), "mae").value).toBe(3);
  expect(worsening(of(0.9, 0.8, 0.95), of(0.7, 0.6, 0.8), "roc_auc").value).toBeCloseTo(0.2, 12);
  expect(worsening(of(0.7, 0.6, 0.8), of(0.9, 0.8, 0.95), "f1").value).toBeCloseTo(-0.2, 12);
});
test("a bias is as bad below zero as above it", () => {
  expect(worsening(of(1, 0.5, 1.5), of(-1, -1.5, -0.5), "bias").value).toBe(0);
  const result = worsening(of(0, -1, 1), of(-3, -4, -2), "bias");
  expect(result.value).toBe(3);
  expect(result.lower).toBeCloseTo(3 - Math.SQRT2, 12);
});
