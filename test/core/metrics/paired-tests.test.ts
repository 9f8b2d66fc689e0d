import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { delongTest } from "../../../src/core/metrics/delong-test.ts";
import { isUnmeasurable } from "../../../src/core/metrics/estimate.ts";
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

const pairs = fc.array(
  fc.record({
    label: fc.integer({ min: 0, max: 1 }),
    first: fc.integer({ min: 0, max: 9 }),
    second: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 8, maxLength: 40 },
);

test("DeLong's test is antisymmetric, bounded, and blind to increasing maps of either score", () =>
  fc.assert(
    fc.property(pairs, (rows) => {
      const labels = Uint8Array.from(rows, ({ label }) => label);
      const [first, second] = [
        Float64Array.from(rows, (row) => row.first),
        Float64Array.from(rows, (row) => row.second),
      ];
      const found = delongTest(labels, first, second);
      fc.pre(!isUnmeasurable(found));
      const { difference, pValue, standardError } = found;
      expect(Math.abs(difference)).toBeLessThanOrEqual(1);
      expect(pValue >= 0 && pValue <= 1).toBe(true);
      expect(delongTest(labels, second, first)).toMatchObject({
        difference: expect.closeTo(-difference, 12),
        pValue: expect.closeTo(pValue, 9),
      });
      expect(
        delongTest(
          labels,
          first.map((score) => score ** 3 + 1),
          second,
        ),
      ).toEqual(found);
      expect(delongTest(labels, first, first)).toMatchObject({ difference: 0, pValue: 1 });
      expect(standardError).toBeGreaterThanOrEqual(0);
    }),
  ));

test("McNemar's p is symmetric, bounded, and falls as the sides part", () =>
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (b, c) => {
      const p = mcnemarTest(b, c);
      expect(p > 0 && p <= 1).toBe(true);
      expect(mcnemarTest(c, b)).toBe(p);
      const [less, more] = [Math.min(b, c), Math.max(b, c)];
      expect(mcnemarTest(less, more + 1)).toBeLessThanOrEqual(p + 1e-12);
    }),
  ));
