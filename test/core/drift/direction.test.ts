import { describe, expect, test } from "@jest/globals";
import { describeDirection, formatApart, formatNumber, hasUnseenValues } from "../../../src/core/drift/direction.ts";
import type { CategoricalBins, FeatureCounts, NumericBins } from "../../../src/core/profile/bins.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { countTally } from "../../../src/core/table/count-tally.ts";
import { tallyColumn } from "../../../src/core/table/tally.ts";

const weather: CategoricalBins = { kind: "categorical", name: "weather", categories: ["clear", "mist", "rain"] };
const counts = (cells: readonly number[], missing = 0): FeatureCounts => ({
  cells: Float64Array.from(cells),
  missing,
  invalid: 0,
  positiveInfinity: 0,
  negativeInfinity: 0,
});

function numbers(values: readonly number[], bins: NumericBins): FeatureCounts {
  return countTally(bins, tallyColumn([...values], values.length, "numeric"));
}

function shift(before: readonly number[], after: readonly number[]): string {
  const bins = fitNumericBins(
    "x",
    Float64Array.from(before).sort((a, b) => a - b),
    256,
  );
  return describeDirection(bins, numbers(before, bins), numbers(after, bins));
}

describe("categories", () => {
  test("those that moved most, and the missing ones", () => {
    expect(describeDirection(weather, counts([63, 25, 12, 0]), counts([41, 38, 11, 0], 10))).toBe(
      "clear: 63 % → 46 %, mist: 25 % → 42 %, missing: 0 % → 10 %",
    );
  });

  test("values that the baseline has not: named where they are known", () => {
    const [before, after] = [counts([60, 30, 10, 0]), counts([60, 18, 10, 12])];
    expect(describeDirection(weather, before, after)).toBe(
      "mist: 30 % → 18 %, values not seen in the baseline: 0 % → 12 %",
    );
    expect(describeDirection(weather, before, after, [{ value: "fog", rows: 11 }])).toBe(
      "mist: 30 % → 18 %, new value: fog, 11 %",
    );
    const rare = ["a", "b", "c", "d"].map((value) => ({ value, rows: 1 }));
    expect(describeDirection(weather, before, after, rare)).toMatch(/, new values such as a, b, c: 12 % together$/);
    expect(hasUnseenValues(weather, before, after)).toBe(true);
    expect(hasUnseenValues(weather, before, before)).toBe(false);
    expect(hasUnseenValues(weather, after, after)).toBe(false);
  });

  test("the missing ones first, where nearly all that moved went there", () => {
    expect(describeDirection(weather, counts([63, 25, 12, 0]), counts([44, 18, 8, 0], 30))).toBe("missing: 0 % → 30 %");
    expect(describeDirection(weather, counts([60, 25, 15, 0]), counts([44, 15, 11, 0], 30))).toBe(
      "missing: 0 % → 30 %, mist: 25 % → 21 %, clear: 60 % → 63 %",
    );
  });

  test("values without a bin are said to be counted together", () => {
    expect(describeDirection(weather, counts([60, 25, 12, 3]), counts([45, 18, 7, 30]))).toBe(
      "other values (new, or too rare in the baseline to be told apart): 3 % → 30 %, clear: 60 % → 45 %, mist: 25 % → 18 %",
    );
  });

  test("nothing that is worth a word", () => {
    expect(describeDirection(weather, counts([600, 300, 100, 0]), counts([601, 299, 100, 0]))).toBe(
      "small shifts in many places",
    );
  });
});

describe("numbers", () => {
  const even = Array.from({ length: 1_000 }, (_, i) => i / 10);

  test("a shift of the middle", () => {
    expect(
      shift(
        even,
        even.map((value) => value + 20),
      ),
    ).toBe("median 49.95 → 69.93, middle half 24.97 to 74.93 → 44.97 to 94.93, fewer rows up to 9.99: 10 % → 0 %");
  });

  test("a tail that the median does not show", () => {
    expect(
      shift(
        even,
        even.map((value) => (value > 80 ? value + 10 : value)),
      ),
    ).toBe("from 79.92 to 89.91: 10 % → 0.1 %, above 89.91: 10 % → 20 %");
  });

  test("few values are told one by one", () => {
    const before = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : 1));
    const after = Array.from({ length: 100 }, (_, i) => (i < 30 ? 0 : i < 90 ? 1 : 7));
    expect(shift(before, after)).toBe("0: 60 % → 30 %, 1: 40 % → 60 %, values not seen in the baseline: 0 % → 10 %");
  });
});

test("numbers are short", () => {
  expect([0.1 + 0.2, 1234567, 1.5e15, 0.00001234, -0, 12.5, undefined].map((value) => formatNumber(value))).toEqual([
    "0.3",
    "1235000",
    "1.5e+15",
    "1.234e-5",
    "0",
    "12.5",
    "?",
  ]);
});

test("numbers that differ read differently, and no longer than they must", () => {
  expect(formatApart([12.5, 12.5, 3])).toEqual(["12.5", "12.5", "3"]);
  // A minute of seconds since 1970, and whole numbers that are one double apart.
  expect(formatApart([1_767_225_600, 1_767_225_660])).toEqual(["1767225600", "1767225660"]);
  expect(formatApart([2 ** 53, 2 ** 53 + 2])).toEqual(["9.007199254740992e+15", "9.007199254740994e+15"]);
});

test("times in seconds and large ids are told with the digits that moved", () => {
  const seconds = (from: number) => Array.from({ length: 200 }, (_, i) => 1_767_225_600 + from + i);
  const bins = fitNumericBins("x", Float64Array.from(seconds(0)), 100);
  expect(describeDirection(bins, numbers(seconds(0), bins), numbers(seconds(60), bins))).toBe(
    "median 1767225699.5 → 1767225759, middle half 1767225650 to 1767225749 → 1767225709 to 1767225809, more rows above 1767225779.1: 10 % → 40 %",
  );
});
