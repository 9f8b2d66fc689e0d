import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { binCounts } from "../../../src/core/profile/bin-counts.ts";
import { coarsenBins } from "../../../src/core/profile/coarsen-bins.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { countByComparing, onlyCells, tiedValues } from "./arbitraries.ts";

test("coarsenBins changes nothing in the counts of PSI's bins", () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(tiedValues, fc.double({ min: -50, max: 50, noNaN: true })), { maxLength: 80 }),
      fc.array(tiedValues, { maxLength: 40 }),
      (base, live) => {
        const bins = fitNumericBins("f", Float64Array.from(base.filter(Number.isFinite)).sort(), 30);
        const coarse = coarsenBins(bins);
        if (coarse.kind !== "numeric") throw new Error("expected a numeric feature");
        expect(coarse.edges.length).toBeLessThanOrEqual(10);
        const count = (with_: typeof bins) => binCounts(with_, onlyCells(countByComparing(with_.edges, live)));
        expect(count(coarse)).toEqual(count(bins));
      },
    ),
    { numRuns: 300 },
  ));

test("coarsenBins keeps categories", () => {
  const bins = { kind: "categorical", name: "c", categories: ["a"] } as const;
  expect(coarsenBins(bins)).toBe(bins);
});
