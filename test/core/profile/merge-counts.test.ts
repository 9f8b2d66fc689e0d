import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeCounts } from "../../../src/core/profile/counts-codec.ts";
import { emptyCounts } from "../../../src/core/profile/empty-counts.ts";
import { mergeCounts } from "../../../src/core/profile/merge-counts.ts";
import { countedBins, onlyCells } from "./arbitraries.ts";

describe("mergeCounts", () => {
  test("adds cell by cell and widens the range", () => {
    const part = (cells: number[], minimum: number, maximum: number) => ({
      rows: 4,
      features: [{ ...onlyCells(Float64Array.from(cells)), missing: 1, minimum, maximum }],
    });
    expect(mergeCounts([part([1, 0, 2], -3, 5), part([0, 1, 2], -1, 9)])).toEqual({
      rows: 8,
      features: [{ ...onlyCells(Float64Array.of(1, 1, 4)), missing: 2, minimum: -3, maximum: 9 }],
    });
  });

  test("gives the same bytes whatever the order and grouping", () =>
    fc.assert(
      fc.property(countedBins, fc.nat(), ({ parts }, cut) => {
        const whole = encodeCounts(mergeCounts(parts));
        const middle = 1 + (cut % parts.length);
        const grouped = [parts.slice(0, middle), parts.slice(middle)]
          .filter((group) => group.length > 0)
          .map(mergeCounts);
        expect(encodeCounts(mergeCounts([...parts].reverse()))).toEqual(whole);
        expect(encodeCounts(mergeCounts(grouped))).toEqual(whole);
      }),
      { numRuns: 200 },
    ));

  test("empty counts change nothing", () =>
    fc.assert(
      fc.property(countedBins, ({ bins, parts }) => {
        expect(encodeCounts(mergeCounts([emptyCounts(bins), ...parts]))).toEqual(encodeCounts(mergeCounts(parts)));
      }),
      { numRuns: 100 },
    ));

  test.each([
    ["no part", [], "at least one"],
    [
      "another number of features",
      [
        { rows: 0, features: [] },
        { rows: 0, features: [onlyCells(new Float64Array(3))] },
      ],
      "0 features",
    ],
    [
      "another number of cells",
      [3, 5].map((cells) => ({ rows: 0, features: [onlyCells(new Float64Array(cells))] })),
      "expected 3 cells for feature 0, got 5",
    ],
    ["sums beyond 2^53", [1, 2].map(() => ({ rows: 2 ** 53 - 1, features: [] })), "below 2^53"],
  ])("refuses %s", (_, parts, message) => {
    expect(() => mergeCounts(parts)).toThrow(
      expect.objectContaining({ code: "InvalidInput", message: expect.stringContaining(message) }),
    );
  });
});
