import { describe, expect, test } from "@jest/globals";
import { delongTest } from "../../../src/core/metrics/delong-test.ts";
import { mcnemarTest } from "../../../src/core/metrics/mcnemar-test.ts";
import { type BinaryCase, readVectors } from "./vectors.ts";

describe.each(readVectors<BinaryCase>("metrics_binary").filter((one) => one.p2 !== undefined))("pair $id", (one) => {
  test("DeLong's test agrees with all pairs counted", () => {
    const result = delongTest(Uint8Array.from(one.y), Float64Array.from(one.p), Float64Array.from(one.p2 ?? []));
    expect(result).toMatchObject({
      difference: expect.closeTo(one.expected.delong?.diff ?? Number.NaN, 10),
      pValue: expect.closeTo(one.expected.delong?.p_two_sided ?? Number.NaN, 9),
    });
  });
  test("McNemar's exact test agrees with statsmodels", () => {
    const { only_first_correct: first = -1, only_second_correct: second = -1, p_exact: p } = one.expected.mcnemar ?? {};
    expect(mcnemarTest(first, second)).toBeCloseTo(p ?? Number.NaN, 10);
  });
});

test("McNemar by hand: 0 of 3 is 2 / 8", () => {
  expect(mcnemarTest(0, 3)).toBeCloseTo(0.25, 12);
  expect(mcnemarTest(3, 0)).toBeCloseTo(0.25, 12);
  expect(mcnemarTest(2, 2)).toBe(1);
  expect(() => mcnemarTest(0.5, 1)).toThrow("expected a whole number of rows, got 0.5");
});
test("what DeLong's test cannot judge", () => {
  const one = Uint8Array.of(1, 0, 0);
  expect(delongTest(one, Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3))).toEqual({
    reason: "expected at least 2 rows of each class, got 1 positive and 2 negative",
  });
  expect(() => delongTest(one, Float64Array.of(1), Float64Array.of(1, 2, 3))).toThrow(
    "expected 3 scores of each model, got 1 and 3",
  );
});
