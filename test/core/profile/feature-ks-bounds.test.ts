import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { featureKsBounds } from "../../../src/core/profile/feature-ks-bounds.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { countByComparing, distanceByTrying, onlyCells, tiedValues } from "./arbitraries.ts";

const sample = fc.array(tiedValues, { minLength: 1, maxLength: 30 });

function boundsOf(bins: ReturnType<typeof fitNumericBins>, baseline: readonly number[], live: readonly number[]) {
  const counts = onlyCells(countByComparing(bins.edges, baseline));
  return featureKsBounds({ bins, counts }, onlyCells(countByComparing(bins.edges, live)));
}

describe("featureKsBounds", () => {
  test("contains the exact distance, with few edges anywhere", () =>
    fc.assert(
      fc.property(
        sample,
        sample,
        fc.uniqueArray(fc.integer({ min: -5, max: 5 }), { maxLength: 4 }),
        (base, live, cuts) => {
          const edges = Float64Array.from(cuts).sort();
          const bounds = boundsOf({ kind: "numeric", name: "f", edges, binEdges: [] }, base, live);
          const exact = distanceByTrying(base, live);
          expect(bounds?.lower).toBeLessThanOrEqual(exact + 1e-12);
          expect(bounds?.upper).toBeGreaterThanOrEqual(exact - 1e-12);
        },
      ),
      { numRuns: 3_000 },
    ));

  test("is exact when all values of both sides are edges", () =>
    fc.assert(
      fc.property(sample, sample, (base, live) => {
        const finite = [...base, ...live].filter(Number.isFinite).map((value) => value + 0);
        // Without an edge both infinities lie in one cell.
        fc.pre(finite.length > 0);
        const edges = Float64Array.from(new Set(finite)).sort();
        const bounds = boundsOf({ kind: "numeric", name: "f", edges, binEdges: [] }, base, live);
        const exact = distanceByTrying(base, live);
        // Infinities lie in the end cells, which hold nothing else here: one side alone, or ties of both.
        expect(bounds?.lower).toBeCloseTo(exact, 12);
        if (![...base, ...live].some((value) => !Number.isFinite(value))) expect(bounds?.upper).toBeCloseTo(exact, 12);
      }),
      { numRuns: 1_000 },
    ));

  test("is exact when live values lie outside of the baseline's range", () => {
    const bins = fitNumericBins("f", Float64Array.of(1, 2, 3), 10);
    const bounds = boundsOf(bins, [1, 2, 3], [4, 5, 6]);
    expect(bounds).toMatchObject({ lower: 1, upper: 1, direction: "up" });
  });

  test("is absent when a side has no value", () => {
    const bins = fitNumericBins("f", Float64Array.of(1, 2, 3), 10);
    expect(boundsOf(bins, [1, 2, 3], [])).toBeUndefined();
    expect(boundsOf(bins, [], [1])).toBeUndefined();
  });

  test("refuses categories and counts of other bins", () => {
    const categories = { kind: "categorical", name: "c", categories: [] } as const;
    const cells = onlyCells(new Float64Array(1));
    expect(() => featureKsBounds({ bins: categories, counts: cells }, cells)).toThrow(
      'expected a numeric feature, got "c"',
    );
    const bins = fitNumericBins("f", Float64Array.of(1, 2), 10);
    expect(() => featureKsBounds({ bins, counts: onlyCells(new Float64Array(5)) }, cells)).toThrow("expected 5 cells");
  });
});
