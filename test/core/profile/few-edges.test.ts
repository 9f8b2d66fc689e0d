import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { binCounts, binLabels } from "../../../src/core/profile/bin-counts.ts";
import type { Counts, FeatureCounts, NumericBins } from "../../../src/core/profile/bins.ts";
import {
  decodeCounts,
  encodeCounts,
  filledCellsReader,
  readFewEdged,
  sumEncodedCounts,
} from "../../../src/core/profile/counts-codec.ts";
import { featureKsBounds } from "../../../src/core/profile/feature-ks-bounds.ts";
import { allEdges, fewEdged, fewEdges, foldCounts } from "../../../src/core/profile/few-edges.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { mergeCounts } from "../../../src/core/profile/merge-counts.ts";
import { countByComparing, distanceByTrying, onlyCells, tiedValues } from "./arbitraries.ts";

const value = fc.oneof(
  { weight: 1, arbitrary: tiedValues },
  { weight: 3, arbitrary: fc.integer({ min: -90, max: 90 }) },
);
/** Mostly more than 64 distinct values. */
const baseline = fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 1, maxLength: 300 });
const hours = fc.array(fc.array(value, { maxLength: 40 }), { minLength: 1, maxLength: 5 });

const fitted = (values: readonly number[], edges = 200) => fitNumericBins("f", Float64Array.from(values).sort(), edges);
const few = (bins: NumericBins) => {
  const found = fewEdges(bins);
  if (found.kind !== "numeric") throw new Error("expected a numeric feature");
  return found;
};
const count = (bins: NumericBins, values: readonly number[]): FeatureCounts => {
  const finite = values.filter(Number.isFinite);
  const range = finite.length === 0 ? {} : { minimum: Math.min(...finite) + 0, maximum: Math.max(...finite) + 0 };
  return { ...onlyCells(countByComparing(bins.edges, values)), ...range };
};
const counts = (bins: NumericBins, values: readonly number[]): Counts => ({
  rows: values.length,
  features: [count(bins, values)],
});

describe("few edges", () => {
  test("are at most 64 of all: the ends, those of PSI's bins, and what lies between", () =>
    fc.assert(
      fc.property(baseline, (values) => {
        const bins = fitted(values);
        const own = few(bins);
        expect(own.edges.length).toBeLessThanOrEqual(64);
        if (own === bins) return;
        expect(bins.edges.length).toBeGreaterThan(64);
        expect([own.edges[0], own.edges.at(-1)]).toEqual([bins.edges[0], bins.edges.at(-1)]);
        expect(own.edges.every((edge, i) => bins.edges.includes(edge) && !(edge <= (own.edges[i - 1] ?? -1e9)))).toBe(
          true,
        );
        expect(binLabels(own)).toEqual(binLabels(bins));
        expect(few(own)).toBe(own);
        expect(allEdges(own)).toEqual(bins);
      }),
      { numRuns: 200 },
    ));

  test("change nothing in the counts of PSI's bins, and only widen the bounds of KS", () =>
    fc.assert(
      fc.property(baseline, fc.array(value, { minLength: 1, maxLength: 80 }), (values, live) => {
        const bins = fitted(values);
        const own = few(bins);
        expect(binCounts(own, count(own, live))).toEqual(binCounts(bins, count(bins, live)));
        const bounds = featureKsBounds({ bins: own, counts: count(own, values) }, count(own, live));
        const distance = distanceByTrying(values, live);
        expect(bounds?.lower).toBeLessThanOrEqual(distance + 1e-12);
        expect(bounds?.upper).toBeGreaterThanOrEqual(distance - 1e-12);
      }),
      { numRuns: 200 },
    ));

  test("folded counts are those that counting with few edges gives; folding and adding up go in either order", () =>
    fc.assert(
      fc.property(baseline, hours, (values, parts) => {
        const bins = fitted(values);
        const own = few(bins);
        const whole = parts.map((part) => counts(bins, part));
        const folded = whole.map(({ rows, features: [feature] }) => ({
          rows,
          features: feature === undefined ? [] : [foldCounts(own, feature)],
        }));
        expect(folded).toEqual(parts.map((part) => counts(own, part)));
        const merged = mergeCounts(whole);
        expect(merged.features.map((feature) => foldCounts(own, feature))).toEqual(mergeCounts(folded).features);
        expect(folded.map(({ features }) => features.map((feature) => foldCounts(own, feature)))).toEqual(
          folded.map(({ features }) => features),
        );
      }),
      { numRuns: 200 },
    ));

  test("hours of either kind add up to the same", () =>
    fc.assert(
      fc.property(baseline, hours, fc.nat(31), (values, parts, coarse) => {
        const bins = fitted(values);
        const own = few(bins);
        const encoded = parts.map((part, i) =>
          (coarse >> i) & 1 ? encodeCounts(counts(own, part), fewEdged([own])) : encodeCounts(counts(bins, part)),
        );
        const merged = mergeCounts(parts.map((part) => counts(own, part)));
        expect(sumEncodedCounts([own], encoded)).toEqual(merged);
        const read = filledCellsReader([own]);
        const cells = new Float64Array(2 * own.edges.length + 1);
        for (const { features } of encoded.map(read))
          for (const feature of features)
            for (const [i, cell] of feature.cells.entries())
              cells[cell] = (cells[cell] ?? 0) + (feature.counts[i] ?? 0);
        expect(cells).toEqual(merged.features[0]?.cells);
      }),
      { numRuns: 200 },
    ));

  test("nothing is left out of features with categories, few values or few edges", () => {
    const categories = { kind: "categorical", name: "c", categories: ["a"] } as const;
    expect(fewEdges(categories)).toBe(categories);
    for (const bins of [
      fitted([1, 2, 3]),
      fitted(
        Array.from({ length: 64 }, (_, i) => i),
        64,
      ),
      fitted([]),
    ])
      expect(fewEdges(bins).kind === "numeric" && "whole" in fewEdges(bins)).toBe(bins.edges.length > 64);
    const packed = {
      ...fitted(Array.from({ length: 100 }, (_, i) => i)),
      binEdges: Array.from({ length: 70 }, (_, i) => i),
    };
    expect(fewEdges(packed)).toBe(packed);
  });
});

describe("stored counts say which features have few edges", () => {
  const all = fitted(Array.from({ length: 150 }, (_, i) => i));
  const own = few(all);
  const features = (...bins: NumericBins[]): Counts => ({ rows: 1, features: bins.map((one) => count(one, [1])) });

  test("and are read back", () => {
    const mixed = features(all, own, all, own, own);
    const bytes = encodeCounts(mixed, fewEdged([all, own, all, own, own]));
    expect(readFewEdged(bytes)).toEqual([1, 3, 4]);
    expect(decodeCounts(bytes)).toEqual(mixed);
    expect(bytes[4]).toBe(2);
  });

  test("those with all edges are the bytes that they always were, and have none", () => {
    const bytes = encodeCounts(features(all), fewEdged([all]));
    expect(bytes).toEqual(encodeCounts(features(all)));
    expect([bytes[4], readFewEdged(bytes)]).toEqual([1, []]);
  });

  test("too few edges are refused, and so are other bins", () => {
    const coarse = encodeCounts(features(own), [0]);
    expect(() => sumEncodedCounts([all], [coarse])).toThrow(/other bins/);
    expect(() => filledCellsReader([all])(coarse)).toThrow(/other bins/);
    const other = encodeCounts(features(fitted(Array.from({ length: 100 }, (_, i) => i))));
    expect(() => sumEncodedCounts([own], [other])).toThrow(/other bins/);
    expect(() => filledCellsReader([own])(other)).toThrow(/other bins/);
  });

  test("damage is found", () => {
    const bytes = encodeCounts(features(own), [0]);
    for (const at of [5, 8, bytes.length - 1]) {
      const broken = bytes.slice();
      broken[at] = (broken[at] ?? 0) ^ 4;
      expect(() => decodeCounts(broken)).toThrow(/checksum/);
    }
  });
});
