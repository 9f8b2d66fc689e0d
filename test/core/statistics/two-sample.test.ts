import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { cramerVonMises } from "../../../src/core/statistics/cramer-von-mises.ts";
import { mannWhitney } from "../../../src/core/statistics/mann-whitney.ts";
import { normalisedWasserstein } from "../../../src/core/statistics/normalised-wasserstein.ts";
import { quantile } from "../../../src/core/statistics/quantile.ts";
import { quantileEdges } from "../../../src/core/statistics/quantile-edges.ts";
import { wassersteinDistance } from "../../../src/core/statistics/wasserstein.ts";
import { expectInvalid, samples, tiedSamples } from "./arbitraries.ts";
import { decode, expectWithin, readSample, readVectors } from "./vectors.ts";

type Encoded = Parameters<typeof decode>[0];
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly x: Parameters<typeof readSample>[0];
  readonly y: Parameters<typeof readSample>[0];
  readonly other: Partial<
    Record<
      "wasserstein" | "wasserstein_evidently_norm" | "mwu_U1" | "mwu_p_asymptotic_cc" | "cvm_T" | "cvm_p_asymptotic",
      Encoded
    >
  >;
}

describe.each(readVectors<Case>("two_sample").cases)("$id $kind agrees with scipy", ({ kind, x, y, other }) => {
  const [baseline, window] = [readSample(x), readSample(y)];
  const relative = kind.startsWith("huge") ? 1e-8 : 1e-9;
  const [moved, normed] = [decode(other.wasserstein), decode(other.wasserstein_evidently_norm)];
  if (moved !== undefined && Number.isFinite(moved))
    test("Wasserstein", () => {
      expectWithin(wassersteinDistance(baseline, window), moved, relative, 1e-12);
      if (normed !== undefined && Number.isFinite(normed))
        expectWithin(normalisedWasserstein(baseline, window), normed, relative, 1e-12);
    });
  const [u, p] = [decode(other.mwu_U1), decode(other.mwu_p_asymptotic_cc)];
  if (u !== undefined && p !== undefined)
    test("Mann-Whitney", () => {
      const result = mannWhitney(baseline, window);
      expectWithin(result.statistic, u, 1e-9);
      expectWithin(result.pValue, p, 1e-6);
    });
  const [t, limiting] = [decode(other.cvm_T), decode(other.cvm_p_asymptotic)];
  if (t !== undefined)
    test("Cramér-von Mises", () => {
      const result = cramerVonMises(baseline, window);
      expectWithin(result.statistic, t, 1e-9, 1e-12);
      if (limiting !== undefined) expectWithin(result.pValue, limiting, 1e-6, 1e-13);
    });
});

describe("wassersteinDistance", () => {
  test("agrees with the hand computation", () => {
    // One of two rows moves by 4.
    expect(wassersteinDistance([0, 1], [0, 5])).toBe(2);
  });

  test("is symmetric, blind to shifts, proportional to scale, and the shift of a shifted sample", () =>
    fc.assert(
      fc.property(samples, samples, fc.double({ min: 0.1, max: 100, noNaN: true }), (a, b, by) => {
        const distance = wassersteinDistance(a, b) ?? Number.NaN;
        expectWithin(wassersteinDistance(b, a), distance, 1e-9, 1e-7);
        expectWithin(
          wassersteinDistance(
            a.map((v) => v + by),
            b.map((v) => v + by),
          ),
          distance,
          1e-9,
          1e-6,
        );
        expectWithin(
          wassersteinDistance(
            a.map((v) => v * by),
            b.map((v) => v * by),
          ),
          distance * by,
          1e-9,
          1e-6,
        );
        expectWithin(
          wassersteinDistance(
            a,
            a.map((v) => v + by),
          ),
          by,
          1e-9,
          1e-6,
        );
      }),
    ));

  test("cannot be given for infinite values or beyond the largest number", () => {
    expect(wassersteinDistance([1, Number.POSITIVE_INFINITY], [1, 2])).toBeUndefined();
    expect(wassersteinDistance([1, 2], [Number.NEGATIVE_INFINITY])).toBeUndefined();
    expect(wassersteinDistance([-1.7e308], [1.7e308])).toBeUndefined();
    expect(normalisedWasserstein([1, Number.POSITIVE_INFINITY], [1, 2])).toBeUndefined();
    expect(normalisedWasserstein([1e300, -1e300], [1e300, 0])).toBeCloseTo(0.5, 12);
  });
});

describe.each([
  ["mannWhitney", mannWhitney],
  ["cramerVonMises", cramerVonMises],
] as const)("%s", (_name, run) => {
  test("p is symmetric, in [0, 1], and blind to any increasing map", () =>
    fc.assert(
      fc.property(tiedSamples, tiedSamples, (a, b) => {
        const { statistic, pValue } = run(a, b);
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expectWithin(run(b, a).pValue, pValue, 1e-7, 1e-12);
        expect(
          run(
            a.map((v) => v ** 3),
            b.map((v) => v ** 3),
          ),
        ).toEqual({ statistic, pValue });
      }),
    ));

  test("equal values give p 1, samples apart a small one", () => {
    expect(run([2, 2, 2], [2, 2]).pValue).toBeCloseTo(1, 7);
    expect(run([1], [2]).pValue).toBe(1);
    const low = Array.from({ length: 30 }, (_, i) => i);
    expect(
      run(
        low,
        low.map((v) => v + 100),
      ).pValue,
    ).toBeLessThan(1e-5);
    expect(run(low, low).pValue).toBeGreaterThan(0.9);
  });

  test("refuses what are no samples", () => {
    expectInvalid(() => run([], [1]), "at least one value in the baseline");
    expectInvalid(() => run([1], [Number.NaN]), "numbers in the window, got NaN");
  });
});

test("U counts the pairs that the baseline wins", () => {
  expect(mannWhitney([3, 4], [1, 3, 5]).statistic).toBe(1 + 0.5 + 2);
});

describe("quantile", () => {
  test("agrees with numpy", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.1)).toBe(1.3);
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([1, 9], 1)).toBe(9);
  });

  test("rises with the share and stays within the values", () =>
    fc.assert(
      fc.property(
        samples,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, p, q) => {
          const sorted = Float64Array.from(a).sort();
          const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))];
          expect(low).toBeLessThanOrEqual(high + 1e-9);
          expect(low).toBeGreaterThanOrEqual((sorted[0] ?? 0) - 1e-9);
          expect(high).toBeLessThanOrEqual((sorted[sorted.length - 1] ?? 0) + 1e-9);
        },
      ),
    ));

  test("edges leave infinities out and are distinct and ascending", () => {
    expect(quantileEdges([Number.NEGATIVE_INFINITY, 1, 2, Number.POSITIVE_INFINITY], 10)).toEqual([1, 2]);
    expect(quantileEdges([-0, 0, 0], 4)).toHaveLength(1);
    const edges = quantileEdges(
      [...Array.from({ length: 50 }, () => 0), ...Array.from({ length: 50 }, (_, i) => i + 1)],
      10,
    );
    expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
    expect(edges[0]).toBe(0);
  });

  test("refuses nonsense", () => {
    expectInvalid(() => quantile([], 0.5), "got none");
    expectInvalid(() => quantile([1], 1.5), "got 1.5");
    expectInvalid(() => quantileEdges([Number.NaN, 1], 10), "got NaN");
    expectInvalid(() => quantileEdges([Number.POSITIVE_INFINITY], 10), "got none");
    expectInvalid(() => quantileEdges([1], 0), "got 0");
  });
});
