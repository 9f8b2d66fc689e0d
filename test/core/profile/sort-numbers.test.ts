import { expect, test } from "@jest/globals";
import { sortNumbers } from "../../../src/core/profile/sort-numbers.ts";
import { mulberry32 } from "../statistics/vectors.ts";

const next = mulberry32(5);
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/** A double of any bits but NaN. */
function anyDouble(): number {
  do {
    words[0] = next() * 2 ** 32;
    words[1] = next() * 2 ** 32;
  } while (Number.isNaN(bits[0]));
  return bits[0] ?? 0;
}

test.each<[string, number, () => number]>([
  ["any bits", 20_000, anyDouble],
  ["any bits, few", 300, anyDouble],
  ["whole numbers", 20_000, () => Math.floor(next() * 100) - 50],
  [
    "zeros of both signs and infinities",
    20_000,
    () => [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][Math.floor(next() * 6)] ?? 0,
  ],
  ["one value", 6_000, () => 3],
  ["numbers of like size", 20_000, () => 1 + next() / 1_000],
  ["numbers that share the high half of their bits", 20_000, () => -3 - next() / 1e7],
  ["1,025 distinct numbers", 20_000, () => Math.floor(next() * 1_025) / 7],
])("sorts %s as sort() does", (_, length, draw) => {
  const values = Float64Array.from({ length }, draw);
  const expected = values.slice().sort();
  const sorted = sortNumbers(values);
  expect(sorted).toBe(values);
  // Bytes, so that -0 and 0 are told apart.
  expect(Buffer.from(sorted.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
});

test("sorts a part of a larger array and leaves the rest alone", () => {
  const whole = Float64Array.from({ length: 20_002 }, (_, i) => -i);
  sortNumbers(whole.subarray(1, 20_001));
  expect([whole[0], whole[1], whole[20_000], whole[20_001]]).toEqual([-0, -20_000, -1, -20_001]);
});
