import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { countSorted } from "../../../src/core/profile/count-sorted.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { distanceInside, fineEdges, planRefinement } from "../../../src/core/profile/ks-refinement.ts";
import { countByComparing, distanceByTrying, tiedValues } from "./arbitraries.ts";

const sample = fc.array(tiedValues, { minLength: 1, maxLength: 60 });

function sort(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function isInside(value: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return (value > from || from === Number.NEGATIVE_INFINITY) && (value < to || to === Number.POSITIVE_INFINITY);
}

test("a sorted column counts as its values do one by one", () =>
  fc.assert(
    fc.property(sample, sample, (base, live) => {
      const bins = fitNumericBins("f", sort(base.filter(Number.isFinite)), 10);
      expect(countSorted(bins, sort(live))).toEqual(countByComparing(bins.edges, live));
    }),
    { numRuns: 500 },
  ));

test("counts, and the rows of the intervals that they leave open, give the distance", () =>
  fc.assert(
    fc.property(sample, sample, (base, live) => {
      const bins = fitNumericBins("f", sort(base.filter(Number.isFinite)), 10);
      const [before, now] = [countByComparing(bins.edges, base), countByComparing(bins.edges, live)];
      const plan = planRefinement(bins.edges, before, now);
      const inside = (values: readonly number[]) =>
        values.filter((value) => plan.intervals.some((interval) => isInside(value, interval)));
      const fine = fineEdges(plan.intervals, sort(inside(base)));
      const refined = distanceInside(plan, plan.intervals, fine, countByComparing(fine.edges, inside(live)));
      expect(Math.max(plan.lower, refined)).toBeCloseTo(distanceByTrying(base, live), 12);
    }),
    { numRuns: 2_000 },
  ));

test("reads nothing where one side has no row between two edges", () => {
  const edges = Float64Array.of(0, 1);
  expect(planRefinement(edges, Float64Array.of(0, 3, 4, 0, 0), Float64Array.of(2, 0, 0, 1, 2)).intervals).toEqual([]);
  expect(planRefinement(edges, Float64Array.of(0, 0, 4, 0, 0), Float64Array.of(0, 0, 4, 0, 0)).intervals).toEqual([
    { from: 0, to: 1, baselineBefore: 0, liveBefore: 0, baselineInside: 4 },
  ]);
});
