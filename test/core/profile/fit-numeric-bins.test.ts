import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { cumulativeCounts } from "../../../src/core/profile/cumulative-counts.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { countByComparing } from "./arbitraries.ts";

describe("fitNumericBins", () => {
  test("makes every value an edge and a bin when there are at most ten", () => {
    const bins = fitNumericBins("f", Float64Array.of(-2, -0, 0, 3, 3), 10);
    expect(bins).toEqual({ kind: "numeric", name: "f", edges: Float64Array.of(-2, 0, 3), binEdges: [0, 1, 2] });
    expect(Object.is(bins.edges[1], 0)).toBe(true);
  });

  test("has no edge without values", () => {
    expect(fitNumericBins("f", new Float64Array(), 10)).toMatchObject({ edges: new Float64Array(), binEdges: [] });
  });

  test("adds the deciles, interpolated, to the values", () => {
    // 0 … 11: h = 11k/10, so the deciles lie between the values.
    const bins = fitNumericBins(
      "f",
      Float64Array.from({ length: 12 }, (_, i) => i),
      100,
    );
    expect(bins.binEdges.map((i) => bins.edges[i])).toEqual([
      1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.699999999999999, 8.8, 9.9,
    ]);
    expect(bins.edges.length).toBe(21);
  });

  test("keeps the smallest and the largest value, and edges finite, however large the values", () => {
    const values = Float64Array.from({ length: 5_000 }, (_, i) => (i - 2_500) * 6.8e304).sort();
    const { edges, binEdges } = fitNumericBins("f", values, 16);
    expect([edges[0], edges.at(-1)]).toEqual([values[0], values.at(-1)]);
    expect(edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || (edges[i - 1] ?? 0) < edge))).toBe(true);
    expect(edges.length).toBeLessThanOrEqual(16 + 9);
    expect(binEdges.length).toBe(9);
    const extremes = Float64Array.from(
      { length: 22 },
      (_, i) => (i < 11 ? -1.7e308 : 1.6e308) + (i % 11) * 1e306,
    ).sort();
    expect(fitNumericBins("f", extremes, 16).edges.every(Number.isFinite)).toBe(true);
  });

  test("ascends, and every decile is an edge", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 200 }),
        fc.integer({ min: 10, max: 40 }),
        (values, most) => {
          const { edges, binEdges } = fitNumericBins("f", Float64Array.from(values).sort(), most);
          expect(edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || (edges[i - 1] ?? 0) < edge))).toBe(true);
          expect(
            binEdges.every((index, i) => index < edges.length && (i === 0 || (binEdges[i - 1] ?? 0) < index)),
          ).toBe(true);
          const distinct = new Set(values.map((value) => value + 0)).size;
          expect(binEdges.length === edges.length).toBe(distinct <= 10);
          if (distinct <= most)
            expect(new Set([...edges, ...values.map((value) => value + 0)]).size).toBe(edges.length);
        },
      ),
      { numRuns: 300 },
    ));

  test.each([
    ["values out of order", [2, 1], 10, "ascending finite"],
    ["infinity", [1, Number.POSITIVE_INFINITY], 10, "ascending finite"],
    ["too few edges", [1], 9, "at least 10 edges"],
  ])("refuses %s", (_, values, most, message) => {
    expect(() => fitNumericBins("f", Float64Array.from(values), most)).toThrow(message);
  });
});

test("cumulativeCounts counts at both sides of each edge", () => {
  const edges = Float64Array.of(1, 2);
  expect(cumulativeCounts(countByComparing(edges, [0, 1, 1, 1.5, 2, 9]))).toEqual({
    below: Float64Array.of(1, 4),
    upTo: Float64Array.of(3, 5),
    total: 6,
  });
});
