import { expect, test } from "@jest/globals";
import {
  cameInQuarantine,
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

test("hours of a window came in quarantine between two places in what is known, and stayed", () => {
  const all = [one(1, 2, 4, 5), one(2, 8, 9, 6), one(3, 0, 9, 6, 7)];
  const came = (from: number, to: number, window = span(3, 7)) => cameInQuarantine(all, { window, from, to });
  expect([came(4, 5), came(5, 8), came(4, 4), came(5, 6)]).toEqual([true, false, false, true]);
  // Half-open on both sides.
  expect([came(4, 8, span(4, 8)), came(4, 8, span(0, 2)), came(4, 8, span(3, 4))]).toEqual([false, false, true]);
});
