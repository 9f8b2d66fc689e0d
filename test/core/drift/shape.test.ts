import { describe, expect, test } from "@jest/globals";
import { shapeOf } from "../../../src/core/drift/shape.ts";
import { countTally } from "../../../src/core/table/count-tally.ts";
import { fitBins, tallyColumn } from "../../../src/core/table/tally.ts";

type Values = readonly (number | string | null)[];

function shape(before: Values, now: Values, edges = 1_024) {
  const kind = typeof before.find((value) => value !== null) === "string" ? "categorical" : "numeric";
  const [was, is] = [tallyColumn(before, before.length, kind), tallyColumn(now, now.length, kind)];
  const bins = fitBins("x", was, edges);
  return shapeOf(bins, countTally(bins, was), countTally(bins, is));
}

const sum = (shares: readonly number[]) => shares.reduce((total, share) => total + share, 0);
const even = (n: number, high: number) => Array.from({ length: n }, (_, i) => ((i + 0.5) / n) * high);

describe("numbers", () => {
  test("shares in slots of equal width; the far tails are left out", () => {
    const found = shape(even(5_000, 100), even(5_000, 50));
    if (found?.kind !== "histogram") throw new Error("no histogram");
    expect(found.before).toHaveLength(48);
    expect(sum(found.before)).toBeGreaterThan(0.98);
    expect(sum(found.now)).toBeGreaterThan(0.98);
    for (const share of found.before.slice(2, -2)) expect(share).toBeCloseTo(1 / 48, 2);
    for (const share of found.now.slice(2, 22)) expect(share).toBeCloseTo(2 / 48, 2);
    expect(sum(found.now.slice(26))).toBe(0);
    expect(found.high).toBeCloseTo(99.5, 0);
  });

  test("values of a lattice fill every slot alike, also below what the baseline has", () => {
    const hours = Array.from({ length: 2_400 }, (_, i) => i % 24);
    const flat = shape(
      hours,
      hours.map((hour) => hour - 6),
    );
    if (flat?.kind !== "histogram") throw new Error("no histogram");
    expect([flat.low, flat.high]).toEqual([-6, 23]);
    expect(flat.before).toHaveLength(30);
    for (const share of flat.before.slice(6)) expect(share).toBeCloseTo(1 / 24, 10);
    expect(sum(flat.now)).toBeGreaterThan(0.99);
    expect(sum(flat.now.slice(24))).toBe(0);
  });

  test("a long tail is drawn on a logarithmic scale", () => {
    const tail = Array.from({ length: 3_000 }, (_, i) => Math.exp(((i + 0.5) / 3_000) * 12));
    const found = shape(tail, tail);
    expect(found).toMatchObject({ kind: "histogram", logarithmic: true });
    if (found?.kind === "histogram") for (const share of found.now.slice(1, -1)) expect(share).toBeCloseTo(1 / 48, 2);
  });

  test("few values are bars, in their order", () => {
    expect(shape([1, 1, 0, 0], [1, 1, 1, 7])).toEqual({
      kind: "bars",
      bars: [
        { label: "0", before: 0.5, now: 0 },
        { label: "1", before: 0.5, now: 0.75 },
        { label: "new values", before: 0, now: 0.25 },
      ],
    });
  });
});

test("many categories: the largest of both sides, the rest together", () => {
  const names = (n: number) => Array.from({ length: 210 }, (_, i) => `c${Math.min(n, Math.floor(Math.sqrt(i)))}`);
  const found = shape(names(20), [...names(20), ...Array.from({ length: 50 }, () => null)]);
  if (found?.kind !== "bars") throw new Error("no bars");
  expect(found.bars).toHaveLength(8);
  expect(found.bars.map(({ label }) => label)).toContain("missing");
  expect(found.bars.at(-1)?.label).toMatch(/^\d+ more$/);
  expect(sum(found.bars.map(({ before }) => before))).toBeCloseTo(1, 12);
  expect(sum(found.bars.map(({ now }) => now))).toBeCloseTo(1, 12);
});

test("nothing to draw without values", () => {
  expect(shape([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [null, null])).toBeUndefined();
});
