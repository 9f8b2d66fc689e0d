import { expect, test } from "@jest/globals";
import {
  hoursWithin,
  inForceAt,
  isWithin,
  quarantinedSpans,
  spansWithin,
  toWholeHours,
} from "../../../src/core/quarantine/quarantine.ts";

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000);
const one = (number: number, from: number, to: number, seq: number, liftedSeq?: number) => ({
  ...{ number, from: at(from), to: at(to), reason: "r", seq, liftedSeq },
});
const span = (from: number, to: number) => ({ start: at(from), end: at(to) });

test("a quarantine is in force from its place in what is known, up to the place of its end", () => {
  const all = [one(1, 0, 2, 5, 8), one(2, 4, 6, 7)];
  const numbers = [4, 5, 7, 8].map((seq) => inForceAt(all, seq).map(({ number }) => number));
  expect(numbers).toEqual([[], [1], [1, 2], [2]]);
});

test("spans that meet or overlap are one, whatever their order", () => {
  const all = [one(1, 8, 9, 1), one(2, 2, 4, 1), one(3, 4, 5, 1), one(4, 1, 3, 1), one(5, 2, 3, 1)];
  expect(quarantinedSpans(all, 1)).toEqual([span(1, 5), span(8, 9)]);
});

test("spans are half-open, and an hour counts by the part that a window has of it", () => {
  const spans = [span(1, 3), span(5, 6)];
  expect([at(1), at(3)].map((time) => isWithin(spans, time.getTime()))).toEqual([true, false]);
  expect(spansWithin(spans, span(3, 5))).toEqual([]);
  expect(hoursWithin(spans, span(0, 24))).toBe(3);
  expect(hoursWithin(spans, span(2.5, 5.5))).toBe(1);
});

test("it is made to whole hours outwards", () => {
  expect(toWholeHours(span(1.2, 2.1))).toEqual(span(1, 3));
  expect(toWholeHours(span(1, 2))).toEqual(span(1, 2));
});
