import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { clopperPearsonInterval } from "../../../src/core/metrics/clopper-pearson-interval.ts";
import { meanInterval } from "../../../src/core/metrics/mean-interval.ts";
import { studentQuantile } from "../../../src/core/metrics/student-quantile.ts";
import { wilsonInterval } from "../../../src/core/metrics/wilson-interval.ts";
import { type RegressionCase, readVectors } from "./vectors.ts";

interface Case {
  readonly id: string;
  readonly k: number;
  readonly n: number;
  readonly expected: Readonly<Record<string, readonly [number, number]>>;
}

describe.each(readVectors<Case>("proportion_ci"))("$k of $n", ({ k, n, expected }) => {
  test.each([0.95, 0.99])("agrees with statsmodels at %d", (confidence) => {
    const wilson = wilsonInterval(k, n, confidence);
    const exact = clopperPearsonInterval(k, n, confidence);
    for (const end of [0, 1] as const) {
      expect(wilson[end]).toBeCloseTo(expected[`wilson_${confidence}`]?.[end] ?? Number.NaN, 12);
      expect(exact[end]).toBeCloseTo(expected[`beta_${confidence}`]?.[end] ?? Number.NaN, 11);
    }
  });
});

const counts = fc
  .integer({ min: 1, max: 2_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));

test.each([
  ["Wilson", wilsonInterval],
  ["Clopper-Pearson", clopperPearsonInterval],
])("%s holds the share, lies in [0, 1] and mirrors", (_name, interval) =>
  fc.assert(
    fc.property(counts, ([k, n]) => {
      const [lower, upper] = interval(k, n);
      expect(0 <= lower && lower <= k / n && k / n <= upper && upper <= 1).toBe(true);
      const [mirroredLower, mirroredUpper] = interval(n - k, n);
      expect(lower).toBeCloseTo(1 - mirroredUpper, 11);
      expect(upper).toBeCloseTo(1 - mirroredLower, 11);
    }),
  ),
);

test("Clopper-Pearson covers at least as often as it says, for every share", () => {
  const n = 30;
  for (const share of [0.01, 0.1, 0.33, 0.5]) {
    let covered = 0;
    let probability = (1 - share) ** n;
    for (let k = 0; k <= n; k++) {
      const [lower, upper] = clopperPearsonInterval(k, n);
      if (lower <= share && share <= upper) covered += probability;
      probability *= ((n - k) / (k + 1)) * (share / (1 - share));
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  }
});

test("no proportion is refused", () => {
  for (const [k, n] of [
    [1, 0],
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
  ] as const) {
    expect(() => wilsonInterval(k, n)).toThrow("expected 0 <= successes <= trials > 0");
    expect(() => clopperPearsonInterval(k, n)).toThrow("expected 0 <= successes <= trials > 0");
  }
});

test("Student's quantiles are the tables'", () => {
  expect(studentQuantile(0.95)).toBeCloseTo(1.959963984540054, 12);
  expect(studentQuantile(0.95, 1)).toBeCloseTo(12.706204736174694, 9);
  expect(studentQuantile(0.95, 10)).toBeCloseTo(2.2281388519862744, 11);
  expect(studentQuantile(0.99, 30)).toBeCloseTo(2.749995653567, 11);
  expect(studentQuantile(0.95, 100_000)).toBeCloseTo(1.9599877075346588, 9);
});

test.each(
  readVectors<RegressionCase>("metrics_regression").filter((one) => one.expected.mae_t_ci95?.every(Number.isFinite)),
)("the mean's interval agrees with scipy: $id", (one) => {
  const [lower, upper] = meanInterval(Float64Array.from(one.y, (label, row) => Math.abs(label - (one.yhat[row] ?? 0))));
  expect(lower).toBeCloseTo(one.expected.mae_t_ci95?.[0] ?? Number.NaN, 9);
  expect(upper).toBeCloseTo(one.expected.mae_t_ci95?.[1] ?? Number.NaN, 9);
});
test("one value has no interval of its mean", () =>
  expect(() => meanInterval(Float64Array.of(3))).toThrow("expected at least 2 numbers, got 1 of 1"));
