import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { binCounts, binLabels } from "../../../src/core/profile/bin-counts.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { readSample, readVectors } from "../statistics/vectors.ts";
import { countByComparing, onlyCells, tiedValues } from "./arbitraries.ts";

interface BinnedCase {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly x: Parameters<typeof readSample>[0];
  readonly y: Parameters<typeof readSample>[0];
  readonly null_x: number;
  readonly null_y: number;
  readonly expected: { readonly driftward?: { readonly base_counts: number[]; readonly cur_counts: number[] } };
}

const cases = readVectors<BinnedCase>("binned_numeric").cases.filter(
  ({ type, expected }) => type === "numeric" && expected.driftward !== undefined,
);

function finiteSorted(values: Float64Array): Float64Array {
  return values.filter((value) => Number.isFinite(value)).sort();
}

/** The cells of many values, by the sorted edges: too many for comparing each with each. */
function cellsOf(edges: Float64Array, values: Float64Array): Float64Array {
  const cells = new Float64Array(2 * edges.length + 1);
  for (const value of values) {
    let below = 0;
    while (below < edges.length && (edges[below] ?? 0) < value) below += 1;
    const cell = 2 * below + (edges[below] === value ? 1 : 0);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}

describe("binCounts", () => {
  test("there are reference cases", () => expect(cases.length).toBeGreaterThan(20));

  test.each(cases.filter(({ kind }) => kind !== "huge").map((each) => [each.id, each.kind, each] as const))(
    "%s (%s): agrees with the reference bins",
    (_, __, { x, y, null_x, null_y, expected }) => {
      const [baseline, live] = [readSample(x), readSample(y)];
      const bins = fitNumericBins("f", finiteSorted(baseline), 64);
      const count = (values: Float64Array, missing: number): number[] => [
        ...binCounts(bins, { ...onlyCells(cellsOf(bins.edges, values)), missing }),
      ];
      const [b, l] = [count(baseline, null_x), count(live, null_y)];
      // The reference has a bin of missing values only where there are some.
      if (b.length > (expected.driftward?.base_counts.length ?? 0)) expect([b.pop(), l.pop()]).toEqual([0, 0]);
      expect(b).toEqual(expected.driftward?.base_counts);
      expect(l).toEqual(expected.driftward?.cur_counts);
    },
  );

  test("counts categories, other and missing", () => {
    const bins = { kind: "categorical", name: "c", categories: ["a", "b"] } as const;
    const counts = { ...onlyCells(Float64Array.of(3, 2, 1)), missing: 4, invalid: 9 };
    expect([...binCounts(bins, counts)]).toEqual([3, 2, 1, 4]);
    expect(binLabels(bins)).toEqual(["a", "b", "other", "missing"]);
  });

  test("names ranges, and values where they are few", () => {
    const bins = { kind: "numeric", name: "f", edges: Float64Array.of(1, 2, 3, 4), binEdges: [0, 2] } as const;
    expect(binLabels(bins)).toEqual(["<= 1", "(1, 3]", "> 3", "missing"]);
    const few = fitNumericBins("f", Float64Array.of(0, 0, 1), 10);
    expect(binLabels(few)).toEqual(["0", "1", "other", "missing"]);
    expect([...binCounts(few, onlyCells(countByComparing(few.edges, [-1, 0, 0.5, 1, 2])))]).toEqual([1, 1, 3, 0]);
  });

  test("has as many labels as counts and loses no row", () =>
    fc.assert(
      fc.property(fc.array(tiedValues, { maxLength: 60 }), fc.array(tiedValues, { maxLength: 40 }), (base, live) => {
        const bins = fitNumericBins("f", finiteSorted(Float64Array.from(base)), 10);
        const counts = binCounts(bins, { ...onlyCells(countByComparing(bins.edges, live)), missing: 2 });
        expect(counts.length).toBe(binLabels(bins).length);
        expect(counts.reduce((a, b) => a + b)).toBe(live.length + 2);
      }),
      { numRuns: 300 },
    ));

  test("refuses counts of other bins", () => {
    const bins = fitNumericBins("f", Float64Array.of(1, 2), 10);
    expect(() => binCounts(bins, onlyCells(new Float64Array(3)))).toThrow('expected 5 cells for feature "f", got 3');
  });
});
