import fc from "fast-check";
import type {
  CategoricalBins,
  Counts,
  FeatureBins,
  FeatureCounts,
  NumericBins,
} from "../../../src/core/profile/bins.ts";
import { cellCount } from "../../../src/core/profile/empty-counts.ts";

/** Few distinct values, so that ties abound; zeros of both signs, subnormals, infinities. */
export const tiedValues = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 0.5, -0.5, 5e-324, 1e308, -1e308) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  { weight: 2, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
);

const names = fc.string({ unit: "grapheme", maxLength: 12 });
const wholes = fc.oneof(fc.nat(300), fc.nat(1_000_000), fc.constantFrom(2 ** 32, 2 ** 40));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const numericBins: fc.Arbitrary<NumericBins> = fc
  .record({ name: names, edges: fc.uniqueArray(finite, { maxLength: 30 }), pick: fc.nat() })
  .map(({ name, edges, pick }) => ({
    kind: "numeric",
    name,
    edges: Float64Array.from(edges).sort(),
    binEdges: edges.map((_, i) => i).filter((i) => ((pick >> (i % 30)) & 1) === 1),
  }));

const categoricalBins: fc.Arbitrary<CategoricalBins> = fc
  .record({ name: names, categories: fc.uniqueArray(names, { maxLength: 8 }) })
  .map(({ name, categories }) => ({ kind: "categorical", name, categories }));

const featureBins: fc.Arbitrary<FeatureBins> = fc.oneof(numericBins, categoricalBins);

function featureCounts(bins: FeatureBins): fc.Arbitrary<FeatureCounts> {
  const cells = cellCount(bins);
  const cell = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: wholes });
  return fc
    .record({
      cells: fc.array(cell, { minLength: cells, maxLength: cells }).map((counts) => Float64Array.from(counts)),
      missing: wholes,
      invalid: wholes,
      positiveInfinity: wholes,
      negativeInfinity: wholes,
      range: fc.option(fc.tuple(finite, finite), { nil: undefined }),
    })
    .map(({ range, ...counts }) =>
      range === undefined ? counts : { ...counts, minimum: Math.min(...range), maximum: Math.max(...range) },
    );
}

function countsOf(bins: readonly FeatureBins[]): fc.Arbitrary<Counts> {
  return fc.record({ rows: wholes, features: fc.tuple(...bins.map(featureCounts)) });
}

/** Bins of a few features and several sets of counts over them. */
export const countedBins = fc
  .array(featureBins, { maxLength: 4 })
  .chain((bins) =>
    fc.record({ bins: fc.constant(bins), parts: fc.array(countsOf(bins), { minLength: 1, maxLength: 6 }) }),
  );

/** Counts of values over cells, by comparing each value with each edge. */
export function countByComparing(edges: Float64Array, values: readonly number[]): Float64Array {
  const cells = new Float64Array(2 * edges.length + 1);
  for (const value of values) {
    const below = edges.filter((edge) => edge < value).length;
    const cell = 2 * below + (edges.some((edge) => edge === value) ? 1 : 0);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}

/** FeatureCounts that have nothing but cells. */
export function onlyCells(cells: Float64Array): FeatureCounts {
  return { cells, missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
}

/** Two-sample distance by trying every value as a cut. */
export function distanceByTrying(baseline: readonly number[], live: readonly number[]): number {
  const share = (values: readonly number[], cut: number): number =>
    values.filter((value) => value <= cut).length / values.length;
  return Math.max(...[...baseline, ...live].map((cut) => Math.abs(share(baseline, cut) - share(live, cut))));
}
