import { describe, expect, test } from "@jest/globals";
import { partsOf, rowOrderEffects } from "../../../src/core/calibration/row-order-effects.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import type { Counts } from "../../../src/core/profile/bins.ts";
import { binsOf } from "./hours.ts";

const count = 10;
const bins = Array.from({ length: count }, (_, i) => binsOf(`f${i}`, ["a", "b", "c"]));

/** Consecutive parts of rows, each row the category of every feature. */
function partsFrom(rows: readonly (readonly number[])[]): readonly Counts[] {
  const parts = partsOf(rows.length);
  return Array.from({ length: parts }, (_, part) => {
    const own = rows.slice(Math.ceil((part * rows.length) / parts), Math.ceil(((part + 1) * rows.length) / parts));
    const features = bins.map(({ categories }, f) => {
      const cells = new Float64Array(categories.length + 1);
      for (const row of own) cells[row[f] ?? 0] = (cells[row[f] ?? 0] ?? 0) + 1;
      return { cells, missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
    });
    return { rows: own.length, features };
  });
}

const effectsOf = (rows: readonly (readonly number[])[]) =>
  Object.values(rowOrderEffects(bins, partsFrom(rows))?.byFeature ?? {});
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const drawRow = (random: () => number) => bins.map(() => Math.floor(random() * 3));
const independent = (rows: number, seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => drawRow(random));
};
/** Entities that leave so many alike rows, one after another. */
const entities = (number: number, alike: number, seed: number) =>
  independent(number, seed).flatMap((row) => Array.from({ length: alike }, () => row));

function shuffled<Row>(rows: readonly Row[], seed: number): readonly Row[] {
  const random = seededRandom(seed);
  return rows
    .map((row) => ({ row, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ row }) => row);
}

describe("independent rows stand for themselves", () => {
  test.each([200, 1_000, 20_000])("%d of them", (rows) => {
    const effects = [1, 2, 3, 4].flatMap((seed) => effectsOf(independent(rows, seed)));
    expect(effects).toHaveLength(4 * count);
    expect(Math.abs(mean(effects.map(({ own }) => own)) - 1)).toBeLessThan(0.15);
    for (const { value } of effects) {
      expect(value).toBeGreaterThanOrEqual(1);
      expect(value).toBeLessThan(1.8);
    }
  });
});

test("ten alike rows in a row count as one", () => {
  for (const { value } of [5, 6].flatMap((seed) => effectsOf(entities(1_500, 10, seed)))) {
    expect(value).toBeGreaterThan(7);
    expect(value).toBeLessThan(18);
  }
});

test("rows that resemble those before them are seen in blocks that are long enough", () => {
  // A value repeats the one before it in nine of ten rows: (1 + 0.9) / (1 - 0.9) = 19 rows stand for one.
  const random = seededRandom(7);
  let last = drawRow(random);
  const rows = Array.from({ length: 20_000 }, () => {
    last = last.map((value) => (random() < 0.9 ? value : Math.floor(random() * 3)));
    return last;
  });
  const values = effectsOf(rows).map(({ value }) => value);
  expect(mean(values)).toBeGreaterThan(15);
  expect(mean(values)).toBeLessThan(27);
});

describe("an order that hides the dependence leaves no more than 1", () => {
  const alike = entities(1_000, 10, 8);
  test("a shuffled file", () => {
    for (const { value } of effectsOf(shuffled(alike, 9))) expect(value).toBeLessThan(2);
  });
  test("entities in turns", () => {
    const turns = Array.from({ length: 10 }, (_, turn) => alike.filter((_row, i) => i % 10 === turn)).flat();
    const values = effectsOf(turns).map(({ value }) => value);
    expect(mean(values)).toBeLessThan(1.8);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...values)).toBeLessThan(3);
  });
});

test("one feature that depends on its order keeps its own effect", () => {
  const random = seededRandom(10);
  const rows = independent(10_000, 11).map((row, i) =>
    Math.floor(i / 200) % 2 === 0
      ? [random() < 0.8 ? 0 : 1, ...row.slice(1)]
      : [random() < 0.3 ? 0 : 1, ...row.slice(1)],
  );
  const [restless, ...others] = effectsOf(rows);
  expect(restless?.value).toBeGreaterThan(10);
  for (const { value } of others) expect(value).toBeLessThan(2);
});

test("is always provisional, and says nothing of too few rows", () => {
  expect(rowOrderEffects(bins, partsFrom(independent(1_000, 12)))?.provisional).toBe(true);
  expect(partsOf(79)).toBe(7);
  expect(rowOrderEffects(bins, partsFrom(independent(79, 12)))).toBeUndefined();
  expect(partsOf(1e6)).toBe(128);
});
