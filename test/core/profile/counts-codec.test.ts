import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeCounts, sumEncodedCounts } from "../../../src/core/profile/counts-codec.ts";
import { emptyCounts } from "../../../src/core/profile/empty-counts.ts";
import { mergeCounts } from "../../../src/core/profile/merge-counts.ts";
import { countedBins } from "./arbitraries.ts";

test("the sum of encoded counts is the merge of what they decode to, in any order", () =>
  fc.assert(
    fc.property(countedBins, ({ bins, parts }) => {
      const encoded = parts.map((part) => encodeCounts(part));
      const merged = mergeCounts([emptyCounts(bins), ...parts]);
      expect(sumEncodedCounts(bins, encoded)).toEqual(merged);
      expect(sumEncodedCounts(bins, encoded.toReversed())).toEqual(merged);
    }),
    { numRuns: 200 },
  ));

test("refuses counts of other bins", () => {
  const bins = [{ kind: "categorical" as const, name: "a", categories: ["x", "y"] }];
  const other = encodeCounts(emptyCounts([{ kind: "categorical", name: "a", categories: ["x"] }]));
  expect(() => sumEncodedCounts(bins, [other])).toThrow(/other bins/);
  expect(() => sumEncodedCounts([...bins, ...bins], [encodeCounts(emptyCounts(bins))])).toThrow(/other features/);
});
