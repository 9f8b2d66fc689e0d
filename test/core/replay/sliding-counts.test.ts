import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Counts, FeatureBins } from "../../../src/core/profile/bins.ts";
import { encodeCounts, sumEncodedCounts } from "../../../src/core/profile/counts-codec.ts";
import { createSlidingCounts, type SlidingWindow, type StoredHour } from "../../../src/core/replay/sliding-counts.ts";

const bins: readonly FeatureBins[] = [
  { kind: "numeric", name: "x", edges: Float64Array.of(1, 2), binEdges: [0, 1] },
  { kind: "categorical", name: "c", categories: ["a"] },
];

const counted = (values: readonly number[]): Counts => ({
  rows: values.reduce((sum, value) => sum + value, 0),
  features: [
    {
      cells: Float64Array.from(values.slice(0, 5)),
      missing: values[5] ?? 0,
      invalid: values[6] ?? 0,
      positiveInfinity: 0,
      negativeInfinity: 0,
      ...(values[0] === 0 ? {} : { minimum: (values[1] ?? 0) - 3, maximum: values[2] ?? 0 }),
    },
    {
      cells: Float64Array.from(values.slice(3, 5)),
      missing: 0,
      invalid: 0,
      positiveInfinity: 0,
      negativeInfinity: values[6] ?? 0,
    },
  ],
});

const hours = fc.array(
  fc.record({
    hour: fc.nat(12),
    seq: fc.nat(6),
    counts: fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }).map((values) => encodeCounts(counted(values))),
  }),
  { maxLength: 30 },
);
const spans = fc.array(
  fc.record({ from: fc.nat(12), hours: fc.integer({ min: 1, max: 3 }) }).map(({ from, hours: long }) => ({
    start: new Date(from),
    end: new Date(from + long),
  })),
  { maxLength: 2 },
);
const windows = fc.array(fc.record({ from: fc.nat(12), span: fc.nat(6), asOfSeq: fc.nat(6), except: spans }), {
  maxLength: 12,
});

const summed = (stored: readonly StoredHour[], { from, to, asOfSeq, except = [] }: SlidingWindow) =>
  sumEncodedCounts(
    bins,
    stored
      .filter(({ hour, seq }) => hour >= from && hour < to && seq <= asOfSeq)
      .filter(({ hour }) => except.every(({ start, end }) => hour < start.getTime() || hour >= end.getTime()))
      .map(({ counts }) => counts),
  );

describe("sliding counts", () => {
  test("are the sum of the hours that are in the window and known, in any order of windows", () => {
    fc.assert(
      fc.property(hours, windows, (stored, asked) => {
        const sliding = createSlidingCounts(bins, stored);
        for (const { from, span, asOfSeq, except } of asked) {
          const window = { from, to: from + span, asOfSeq, except };
          const { rows } = summed(stored, window);
          const byHour = sliding.rowsByHour(window);
          expect(byHour.reduce((sum, hour) => sum + hour.rows, 0)).toBe(rows);
          expect(byHour.every(({ hour }) => hour.getTime() >= from && hour.getTime() < window.to)).toBe(true);
          expect(sliding.of(window)).toEqual(summed(stored, window));
        }
      }),
      { numRuns: 200 },
    );
  });

  test("move on with late files as they become known", () => {
    const stored = [0, 1, 2, 3].map((hour) => ({
      hour,
      seq: hour === 1 ? 9 : hour,
      counts: encodeCounts(counted([1, 0, 0, 0, 0, 0, 0])),
    }));
    const sliding = createSlidingCounts(bins, stored);
    expect(sliding.of({ from: 0, to: 2, asOfSeq: 3 }).rows).toBe(1);
    expect(sliding.of({ from: 1, to: 3, asOfSeq: 3 }).rows).toBe(1);
    expect(sliding.of({ from: 1, to: 4, asOfSeq: 9 }).rows).toBe(3);
  });

  test("what was read is not changed by the next window", () => {
    const sliding = createSlidingCounts(bins, [
      { hour: 0, seq: 1, counts: encodeCounts(counted([2, 0, 0, 0, 0, 0, 0])) },
    ]);
    const first = sliding.of({ from: 0, to: 1, asOfSeq: 1 });
    sliding.of({ from: 1, to: 2, asOfSeq: 1 });
    expect(first.features[0]?.cells[0]).toBe(2);
  });
});
