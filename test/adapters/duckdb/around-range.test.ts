import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { aroundRange } from "../../../src/adapters/duckdb/around-range.ts";

const ends = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(1e15, 1e15 + 1, -1.7e308, 1.7e308, 5e-324, 0),
);

test("every value of a range passes, its ends too", () =>
  fc.assert(
    fc.property(ends, ends, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, share) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const { middle, reach } = aroundRange(from, to);
      const within = Math.min(to, Math.max(from, from * (1 - share) + to * share));
      for (const x of [from, to, within]) if (!Number.isNaN(x)) expect(Math.abs(x - middle)).toBeLessThanOrEqual(reach);
    }),
    { numRuns: 2_000 },
  ));

test("what lies clearly beside it does not", () => {
  const { middle, reach } = aroundRange(0.1, 0.3);
  for (const x of [0, 0.09, 0.31, -5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(Math.abs(x - middle) <= reach).toBe(false);
});
