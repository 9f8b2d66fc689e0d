import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fitCategoricalBins } from "../../../src/core/profile/fit-categorical-bins.ts";

/** Values v0, v1 … with so many rows each. */
function named(counts: readonly number[]): ReadonlyMap<string, number> {
  return new Map(counts.map((rows, i) => [`v${i}`, rows]));
}

const kept = (counts: readonly number[], most = 100): number =>
  fitCategoricalBins("c", named(counts), most).categories.length;
const times = (rows: number, values: number): number[] => new Array<number>(values).fill(rows);

describe("fitCategoricalBins", () => {
  test("takes the most frequent, ties in order of the text", () => {
    const frequencies = new Map([
      ["z", 5],
      ["b", 7],
      ["a", 5],
      ["rare", 1],
    ]);
    expect(fitCategoricalBins("c", frequencies, 3).categories).toEqual(["b", "a", "z"]);
  });

  test.each([
    ["ids", times(1, 300), 0],
    ["one frequent value among ids", [700, ...times(1, 300)], 1],
    // One row in 200 may be of values that have one row each: 5 of 1,000.
    ["a few values of one row", [600, 395, ...times(1, 5)], 7],
    ["one more of them", [600, 394, ...times(1, 6)], 2],
    ["values that are even by design", times(50, 60), 60],
    ["few rows", [20, 10, 1], 2],
    ["none", [], 0],
  ])("leaves the tail to other: %s", (_, counts, bins) => {
    expect(kept(counts)).toBe(bins);
  });

  test("values of as many rows are bins together, or other together", () => {
    expect(kept([500, 300, ...times(100, 8)], 5)).toBe(2);
    expect(kept([500, 300, ...times(100, 3)], 5)).toBe(5);
    expect(kept(times(672, 300), 256)).toBe(256);
  });

  test("keeps the most frequent, as many as are asked for at most", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), fc.integer({ min: 1, max: 20 }), (counts, most) => {
        const frequencies = named(counts);
        const { categories } = fitCategoricalBins("c", frequencies, most);
        expect(categories.length).toBeLessThanOrEqual(most);
        const least = Math.min(...categories.map((value) => frequencies.get(value) ?? 0));
        const bins = new Set(categories);
        // More values are the most frequent than there may be bins: then their names choose.
        if (counts.filter((rows) => rows === Math.max(...counts)).length > most) return;
        for (const [value, rows] of frequencies) expect(bins.has(value)).toBe(rows >= least);
      }),
    ));
});
