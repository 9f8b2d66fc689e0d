import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { kolmogorovSmirnov } from "../../../src/core/statistics/kolmogorov-smirnov.ts";
import { ksAsymptoticP } from "../../../src/core/statistics/ks-asymptotic-p.ts";
import { ksExactLimit, ksExactP } from "../../../src/core/statistics/ks-exact-p.ts";
import { ksPValue } from "../../../src/core/statistics/ks-p-value.ts";
import { pooledTieSizes } from "../../../src/core/statistics/pooled-tie-sizes.ts";
import { expectInvalid, samples, tiedSamples } from "./arbitraries.ts";
import { decode, expectWithin, readSample, readVectors } from "./vectors.ts";

type Encoded = Parameters<typeof decode>[0];
interface TwoSampleCase {
  readonly id: string;
  readonly kind: string;
  readonly x: Parameters<typeof readSample>[0];
  readonly y: Parameters<typeof readSample>[0];
  readonly ks: {
    readonly statistic: number;
    readonly p_exact?: Encoded;
    readonly p_exact_ties?: Encoded;
    readonly p_asymp_scipy?: Encoded;
  };
}

describe.each(readVectors<TwoSampleCase>("two_sample").cases)("$id $kind agrees with scipy", ({ x, y, ks }) => {
  const [baseline, window] = [readSample(x), readSample(y)];
  const [n, m] = [baseline.length, window.length];
  const d = kolmogorovSmirnov(baseline, window).statistic;
  test("D", () => expectWithin(d, ks.statistic, 0, 1e-12));
  const [exact, tied, asymptotic] = [decode(ks.p_exact), decode(ks.p_exact_ties), decode(ks.p_asymp_scipy)];
  if (asymptotic !== undefined)
    test("large-sample p", () => expectWithin(ksAsymptoticP(d, n, m), asymptotic, 1e-6, 1e-12));
  if (exact !== undefined && n * m <= ksExactLimit)
    test("exact p of distinct values", () => expectWithin(ksExactP(d, n, m), exact, 1e-7));
  if (tied !== undefined)
    test("exact p given the ties", () => expectWithin(ksPValue(d, n, m, pooledTieSizes(baseline, window)), tied, 1e-7));
});

test("says where the sides are furthest apart and which way the window went", () => {
  expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6])).toEqual({ statistic: 0.5, at: 2, direction: "up" });
  expect(kolmogorovSmirnov([3, 4, 5, 6], [1, 2, 3, 4])).toEqual({ statistic: 0.5, at: 2, direction: "down" });
  expect(kolmogorovSmirnov([1, 2], [2, 1])).toEqual({ statistic: 0, direction: "none" });
});

test("takes -0 and 0 for one value, and infinities for ordinary ones", () => {
  expect(kolmogorovSmirnov([-0, 1], [0, 1]).statistic).toBe(0);
  expect(kolmogorovSmirnov([Number.NEGATIVE_INFINITY, 0], [0, Number.POSITIVE_INFINITY]).statistic).toBe(0.5);
});

test("leaves the samples as they were", () => {
  const baseline = [3, 1, 2];
  kolmogorovSmirnov(baseline, [5, 4]);
  expect(baseline).toEqual([3, 1, 2]);
});

test("is symmetric, bounded, and blind to any increasing map", () =>
  fc.assert(
    fc.property(tiedSamples, tiedSamples, (a, b) => {
      const { statistic } = kolmogorovSmirnov(a, b);
      expect(statistic).toBeGreaterThanOrEqual(0);
      expect(statistic).toBeLessThanOrEqual(1);
      expect(kolmogorovSmirnov(b, a).statistic).toBe(statistic);
      const map = (v: number) => v ** 3 + 2 * v + 7;
      expect(kolmogorovSmirnov(a.map(map), b.map(map)).statistic).toBe(statistic);
    }),
  ));

test("is 0 for a sample and itself, 1 for samples apart", () =>
  fc.assert(
    fc.property(samples, (a) => {
      expect(kolmogorovSmirnov(a, [...a].reverse()).statistic).toBe(0);
      expect(kolmogorovSmirnov(a, [Math.max(...a) + 1]).statistic).toBe(1);
    }),
  ));

test("the exact p equals counting all deals", () => {
  // All ways to choose which 3 of the 7 pooled rows are the baseline's.
  const pooled = [1, 1, 2, 3, 3, 3, 4];
  const observed = kolmogorovSmirnov([1, 2, 3], [1, 3, 3, 4]).statistic;
  let [deals, extreme] = [0, 0];
  for (let mask = 0; mask < 128; mask += 1) {
    const baseline = pooled.filter((_, i) => (mask >> i) % 2 === 1);
    if (baseline.length !== 3) continue;
    deals += 1;
    const window = pooled.filter((_, i) => (mask >> i) % 2 === 0);
    if (kolmogorovSmirnov(baseline, window).statistic >= observed - 1e-12) extreme += 1;
  }
  expect(deals).toBe(35);
  expectWithin(ksExactP(observed, 3, 4, [2, 1, 3, 1]), extreme / deals, 1e-12);
});

test("the exact p keeps its digits far out", () => {
  // Two of C(60, 30) = 118264581564861424 deals are disjoint.
  expectWithin(ksExactP(1, 30, 30), 2 / 1.1826458156486142e17, 1e-12);
  expect(ksExactP(1, 1000, 1000)).toBe(0);
});

test("the exact p is symmetric in the sizes and falls as D grows", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, m, d, e) => {
        const p = ksExactP(d, n, m);
        expectWithin(ksExactP(d, m, n), p, 1e-10);
        expect(ksExactP(Math.max(d, e), n, m)).toBeLessThanOrEqual(p + 1e-12);
      },
    ),
  ));

test("ties make the exact p no larger", () =>
  fc.assert(
    fc.property(tiedSamples, tiedSamples, (a, b) => {
      const d = kolmogorovSmirnov(a, b).statistic;
      const tied = ksExactP(d, a.length, b.length, pooledTieSizes(a, b));
      expect(tied).toBeLessThanOrEqual(ksExactP(d, a.length, b.length) + 1e-12);
    }),
  ));

test("p is exact for small whole sizes, else the large-sample one", () => {
  expect(ksPValue(0.1, 800, 800)).toBe(ksExactP(0.1, 800, 800));
  expect(ksPValue(0.05, 5000, 800)).toBe(ksAsymptoticP(0.05, 5000, 800));
  expect(ksPValue(0.1, 800.5, 800)).toBe(ksAsymptoticP(0.1, 800.5, 800));
  expect(ksAsymptoticP(1, 1, 1)).toBe(0);
});

test("refuses what is no sample, distance, size or tie groups", () => {
  expectInvalid(() => kolmogorovSmirnov([], [1]), "at least one value in the baseline");
  expectInvalid(() => kolmogorovSmirnov([1], [1, Number.NaN]), "numbers in the window, got NaN");
  expectInvalid(() => ksExactP(1.1, 3, 3), "got 1.1");
  expectInvalid(() => ksExactP(0.5, 2.5, 3), "got 2.5");
  expectInvalid(() => ksExactP(0.5, 2000, 2000), "at most 1000000");
  expectInvalid(() => ksExactP(0.5, 3, 3, [2, 2]), "6 rows in all, got 4");
  expectInvalid(() => ksExactP(0.5, 3, 3, [7]), "6 rows in all, got 7");
  expectInvalid(() => ksAsymptoticP(0.5, 0, 3), "got 0");
  expectInvalid(() => ksAsymptoticP(Number.NaN, 3, 3), "got NaN");
});
