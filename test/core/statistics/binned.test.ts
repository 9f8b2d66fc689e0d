import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { chiSquareTest } from "../../../src/core/statistics/chi-square-test.ts";
import { equalWidthEdges, psiByConvention, type ZeroRule } from "../../../src/core/statistics/conventions.ts";
import { gTest } from "../../../src/core/statistics/g-test.ts";
import { hellingerDistance } from "../../../src/core/statistics/hellinger.ts";
import { jensenShannonDistance } from "../../../src/core/statistics/jensen-shannon.ts";
import { lInfinityDistance } from "../../../src/core/statistics/l-infinity.ts";
import { psiFromCounts } from "../../../src/core/statistics/psi-from-counts.ts";
import { psiPValue } from "../../../src/core/statistics/psi-p-value.ts";
import { quantileEdges } from "../../../src/core/statistics/quantile-edges.ts";
import { totalVariation } from "../../../src/core/statistics/total-variation.ts";
import { countPairs, expectInvalid, permute } from "./arbitraries.ts";
import { decode, expectWithin, readSample, readVectors } from "./vectors.ts";

type Encoded = Parameters<typeof decode>[0];
type Distances = Record<
  "psi_floor1e-4" | "psi_floor1e-6" | "psi_add0.5" | "psi_raw" | "js_distance_base2" | "hellinger" | "tv" | "linf",
  Encoded
>;

const zeroRules: readonly ZeroRule[] = ["floor1e-4", "floor1e-6", "add0.5", "raw"];

function expectDistances(baseline: readonly number[], window: readonly number[], expected: Distances): void {
  for (const rule of zeroRules) {
    const psi = psiByConvention(baseline, window, rule);
    const reference = decode(expected[`psi_${rule}`]);
    if (reference === Number.POSITIVE_INFINITY) expect(psi).toBeUndefined();
    else expectWithin(psi, reference ?? Number.NaN, 0, 1e-9);
  }
  expectWithin(psiFromCounts(baseline, window), decode(expected["psi_add0.5"]) ?? Number.NaN, 0, 1e-9);
  const js = decode(expected.js_distance_base2) ?? Number.NaN;
  expectWithin(jensenShannonDistance(baseline, window), js, 0, js < 1e-6 ? 1e-7 : 1e-9);
  expectWithin(hellingerDistance(baseline, window), decode(expected.hellinger) ?? Number.NaN, 0, 1e-9);
  expectWithin(totalVariation(baseline, window), decode(expected.tv) ?? Number.NaN, 0, 1e-9);
  expectWithin(lInfinityDistance(baseline, window), decode(expected.linf) ?? Number.NaN, 0, 1e-9);
}

interface BinnedCase {
  readonly id: string;
  readonly kind: string;
  readonly x: Parameters<typeof readSample>[0];
  readonly y: Parameters<typeof readSample>[0];
  readonly expected: {
    readonly [rule in "q10" | "q20"]: Distances & {
      readonly rule: string;
      readonly edges: readonly number[];
      readonly base_counts: readonly number[];
      readonly cur_counts: readonly number[];
    };
  } & {
    readonly equal_width10?: { readonly edges: readonly number[]; readonly "psi_floor1e-4": number };
    readonly driftward: {
      readonly base_counts: readonly number[];
      readonly cur_counts: readonly number[];
      readonly psi: number;
      readonly dof: number;
      readonly p_value: number;
      readonly tv: number;
    };
  };
}

/** Right-closed counts; or, for a few distinct values, one bin each and one for all others. */
function count(values: Float64Array, edges: readonly number[], rule = "quantile"): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const place = rule === "discrete" ? edges.indexOf(value) : edges.filter((edge) => value > edge).length;
    const bin = place < 0 ? edges.length : place;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

describe.each(readVectors<BinnedCase>("binned_numeric").cases)("$id $kind agrees with scipy", ({ x, y, expected }) => {
  const [baseline, window] = [readSample(x), readSample(y)];
  test.each([
    ["q10", 10],
    ["q20", 20],
  ] as const)("%s", (rule, bins) => {
    const reference = expected[rule];
    const edges = quantileEdges(baseline, bins);
    expect(edges).toEqual(reference.edges);
    expect(count(baseline, edges, reference.rule)).toEqual(reference.base_counts);
    expect(count(window, edges, reference.rule)).toEqual(reference.cur_counts);
    expectDistances(reference.base_counts, reference.cur_counts, reference);
  });
  const width = expected.equal_width10;
  if (width !== undefined)
    test("equal width", () => {
      const edges = equalWidthEdges(baseline, 10);
      expect(edges).toHaveLength(width.edges.length);
      for (const [i, edge] of width.edges.entries()) expectWithin(edges[i], edge, 1e-12, 1e-12);
      const psi = psiByConvention(count(baseline, width.edges), count(window, width.edges), "floor1e-4");
      expectWithin(psi, width["psi_floor1e-4"], 0, 1e-9);
    });
  test("Driftward's own rule with its p", () => {
    const { base_counts, cur_counts, psi, dof, p_value, tv } = expected.driftward;
    const [n, m] = [base_counts, cur_counts].map((counts) => counts.reduce((sum, value) => sum + value)) as [
      number,
      number,
    ];
    expect(base_counts.length - 1).toBe(dof);
    expectWithin(psiFromCounts(base_counts, cur_counts), psi, 0, 1e-9);
    expectWithin(psiPValue(psi, base_counts.length, n, m), p_value, 1e-8);
    expectWithin(totalVariation(base_counts, cur_counts), tv, 0, 1e-9);
  });
});

interface CategoricalCase {
  readonly id: string;
  readonly kind: string;
  readonly base_counts: Readonly<Record<string, number>>;
  readonly cur_counts: Readonly<Record<string, number>>;
  readonly expected: {
    readonly all_categories: Distances & Record<"chi2" | "dof" | "p" | "g" | "g_p", number>;
  };
}

describe.each(readVectors<CategoricalCase>("categorical").cases)(
  "$id $kind agrees with scipy",
  ({ base_counts, cur_counts, expected }) => {
    const categories = [...new Set([...Object.keys(base_counts), ...Object.keys(cur_counts)])];
    const [baseline, window] = [base_counts, cur_counts].map((counts) => categories.map((key) => counts[key] ?? 0)) as [
      number[],
      number[],
    ];
    const reference = expected.all_categories;
    test("distances", () => expectDistances(baseline, window, reference));
    test("chi-square and G", () => {
      const [chi, g] = [chiSquareTest(baseline, window), gTest(baseline, window)];
      expect([chi.degrees, g.degrees]).toEqual([reference.dof, reference.dof]);
      expectWithin(chi.statistic, reference.chi2, 1e-10, 1e-12);
      expectWithin(g.statistic, reference.g, 1e-10, 1e-10);
      expectWithin(chi.pValue, reference.p, 1e-8, 1e-290);
      expectWithin(g.pValue, reference.g_p, 1e-8, 1e-290);
    });
  },
);

const distances: Record<string, readonly [(b: readonly number[], w: readonly number[]) => number, number]> = {
  psiFromCounts: [psiFromCounts, Number.POSITIVE_INFINITY],
  jensenShannonDistance: [jensenShannonDistance, 1],
  hellingerDistance: [hellingerDistance, 1],
  totalVariation: [totalVariation, 1],
  lInfinityDistance: [lInfinityDistance, 1],
  chiSquare: [(b, w) => chiSquareTest(b, w).statistic, Number.POSITIVE_INFINITY],
  g: [(b, w) => gTest(b, w).statistic, Number.POSITIVE_INFINITY],
};

describe.each(Object.entries(distances))("%s", (_name, [distance, most]) => {
  test("is symmetric, bounded, blind to the order of bins, and 0 for equal counts", () =>
    fc.assert(
      fc.property(countPairs, ([b, w]) => {
        const value = distance(b, w);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(most);
        expectWithin(distance(w, b), value, 1e-9, 1e-9);
        const reversed = b.map((_count, i) => b.length - 1 - i);
        expectWithin(distance(permute(b, reversed), permute(w, reversed)), value, 1e-9, 1e-7);
        expectWithin(distance(b, b), 0, 0, 1e-7);
      }),
    ));

  test("refuses counts that are none", () => {
    expectInvalid(() => distance([1, 2], [1, 2, 3]), "got 2 for the baseline and 3 for the window");
    expectInvalid(() => distance([], []), "at least one");
    expectInvalid(() => distance([1, -2], [1, 2]), "got -2");
    expectInvalid(() => distance([1, 2], [Number.NaN, 2]), "got NaN");
    expectInvalid(() => distance([1, 2], [Number.POSITIVE_INFINITY, 2]), "got Infinity");
    expectInvalid(() => distance([0, 0], [1, 2]), "at least one row in the baseline");
  });
});

describe.each(["jensenShannonDistance", "hellingerDistance", "totalVariation", "chiSquare", "g"] as const)(
  "%s",
  (name) => {
    const [distance] = distances[name] ?? [];
    test("does not grow when bins are merged, nor change when a bin is split evenly", () =>
      fc.assert(
        fc.property(countPairs, ([b, w]) => {
          if (distance === undefined) throw new Error("no such distance");
          const merge = (counts: readonly number[]) => [
            counts.slice(0, 2).reduce((sum, value) => sum + value, 0),
            ...counts.slice(2),
          ];
          const split = (counts: readonly number[]) => [(counts[0] ?? 0) / 2, (counts[0] ?? 0) / 2, ...counts.slice(1)];
          const value = distance(b, w);
          expect(distance(merge(b), merge(w))).toBeLessThanOrEqual(value * (1 + 1e-9) + 1e-7);
          expectWithin(distance(split(b), split(w)), value, 1e-9, 1e-7);
        }),
      ));
  },
);

test("each distance keeps its place among the others", () =>
  fc.assert(
    fc.property(countPairs, ([b, w]) => {
      const [tv, h] = [totalVariation(b, w), hellingerDistance(b, w)];
      expect(lInfinityDistance(b, w)).toBeLessThanOrEqual(tv + 1e-12);
      // Le Cam's inequalities.
      expect(h * h).toBeLessThanOrEqual(tv + 1e-9);
      expect(tv).toBeLessThanOrEqual(h * Math.sqrt(2 - h * h) + 1e-9);
    }),
  ));
