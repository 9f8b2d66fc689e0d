import { expect, test } from "@jest/globals";
import { expectedLargest } from "../../../src/core/calibration/expected-largest.ts";
import { moderateRatios } from "../../../src/core/calibration/moderate-ratios.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";

const random = seededRandom(11);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const noisyRatio = (degrees: number) =>
  Array.from({ length: degrees }, normal).reduce((sum, z) => sum + z * z, 0) / degrees;

test("ratios that scatter no more than noise come close to their common value", () => {
  const ratios = Array.from({ length: 60 }, () => 5 * noisyRatio(20));
  const moderated = moderateRatios(ratios, 20).map(({ value }) => value);
  const error = (values: readonly number[]) => values.reduce((sum, value) => sum + (value - 5) ** 2, 0);
  expect(error(moderated)).toBeLessThan(error(ratios) / 2);
});

test("others lend no more than three times the degrees that a ratio has itself", () => {
  for (const { degrees } of moderateRatios([1, 1.1, 0.9, 1, 1.05], 10)) {
    expect(degrees).toBeGreaterThanOrEqual(10);
    expect(degrees).toBeLessThanOrEqual(40);
  }
});

test("a ratio far above its peers keeps its own value and degrees", () => {
  const [restless] = moderateRatios([30, 1, 1.1, 0.9, 1, 1.05, 0.95], 29);
  expect(restless).toEqual({ value: 30, degrees: 29 });
});

test("three ratios cannot tell their own spread and stay", () => {
  expect(moderateRatios([1, 2, 3], 9)).toEqual([1, 2, 3].map((value) => ({ value, degrees: 9 })));
});

test.each([
  [5, 7],
  [10, 29],
  [30, 29],
])("the mean of the largest of %i ratios with %i degrees is known to 8 %%", (count, degrees) => {
  const rounds = 400;
  let sum = 0;
  for (let i = 0; i < rounds; i += 1) sum += Math.max(...Array.from({ length: count }, () => noisyRatio(degrees)));
  expect(expectedLargest(count, degrees) / (sum / rounds)).toBeGreaterThan(0.92);
  expect(expectedLargest(count, degrees) / (sum / rounds)).toBeLessThan(1.08);
});
