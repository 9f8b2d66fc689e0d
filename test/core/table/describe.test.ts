import { expect, test } from "@jest/globals";
import { describe as describeData } from "../../../src/core/table/describe.ts";

test("sums up numbers and categories", () => {
  const [age, city, at, empty, one] = describeData({
    age: [2, 4, 4, 4, 5, 5, 7, 9, null, "old", Number.POSITIVE_INFINITY],
    city: ["b", "a", "b", "", "c", "b", "a", "c", "d", "e", "f"],
    at: [new Date(0), ...new Array<undefined>(10)],
    empty: new Float64Array(11).fill(Number.NaN),
    one: [1, ...new Array<undefined>(10)],
  });
  // The textbook sample of mean 5: squares sum to 32 over 7, cubes give the skewness by numpy and scipy (bias=False).
  expect(age).toMatchObject({ type: "numeric", rows: 11, missing: 1, invalid: 1, infinite: 1, minimum: 2, maximum: 9 });
  expect(age?.mean).toBe(5);
  expect(age?.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(age?.skewness).toBeCloseTo(0.8184875533567997, 12);
  expect(age?.quantiles).toMatchObject({ p25: 4, p50: 4.5, p75: 5.5 });
  expect(city).toMatchObject({ type: "text", missing: 1, distinct: 6 });
  expect(city?.top?.slice(0, 2)).toEqual([
    { value: "b", count: 3 },
    { value: "a", count: 2 },
  ]);
  expect(at).toEqual({ column: "at", type: "timestamp", rows: 11, missing: 10 });
  expect(empty).toEqual({ column: "empty", type: "numeric", rows: 11, missing: 11, invalid: 0, infinite: 0 });
  expect(one).toMatchObject({ mean: 1 });
  expect(one).not.toHaveProperty("standardDeviation");
});
