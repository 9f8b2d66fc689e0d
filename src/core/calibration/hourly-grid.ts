import { isDiscrete } from "../profile/bin-counts.ts";
import type { Counts, FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { millisecondsPer } from "../units.ts";

/** Counts of one hour of a baseline. */
export interface HourOfCounts {
  /** Its begin. */
  readonly hour: Date;
  readonly counts: Counts;
}

/** A baseline hour by hour, coarse: what design effects and the replay of rules need of it. */
export interface HourlyGrid {
  /** The first hour, as whole hours since 1970-01-01T00:00Z; the others follow without a gap. */
  readonly firstHour: number;
  readonly hours: number;
  readonly features: readonly GridFeature[];
}

/** Rows of one feature over a few cells, hour after hour. */
export interface GridFeature {
  readonly name: string;
  readonly kind: FeatureBins["kind"];
  /** `hours` times `width` counts. */
  readonly cells: Float64Array;
  readonly width: number;
  /** Bin of the drift tests that each cell belongs to; ascending for numeric features with more than ten values. */
  readonly binOf: Int32Array;
  readonly bins: number;
  /** So many first cells are in the order of the values: all but the missing ones. 0 for categorical features. */
  readonly ordered: number;
  /** Whether a cell is one value, at which KS has no inside. */
  readonly onePoint: boolean;
}

/** Cells per feature at most, about: enough that KS over them is nearly that over the rows. */
const fineCells = 60;

/**
 * Lays the hourly counts of a baseline out hour after hour, without gaps: an hour with no rows is zeros. Numeric features
 * keep about sixty cells, of which the bins of the tests are unions; the missing values are the last cell.
 *
 * @param bins   the baseline's
 * @param hours  of any order; several of the same hour are added up
 */
export function hourlyGrid(bins: readonly FeatureBins[], hours: readonly HourOfCounts[]): HourlyGrid {
  const numbers = hours.map(({ hour }) => Math.floor(hour.getTime() / millisecondsPer.h));
  const firstHour = numbers.reduce((least, hour) => Math.min(least, hour), Number.POSITIVE_INFINITY);
  const last = numbers.reduce((most, hour) => Math.max(most, hour), Number.NEGATIVE_INFINITY);
  const length = hours.length === 0 ? 0 : last - firstHour + 1;
  const features = bins.map((feature, index) => {
    const layout = layoutOf(
      feature,
      hours.flatMap(({ counts }) => counts.features[index] ?? []),
    );
    const cells = new Float64Array(length * layout.width);
    for (const [i, { counts }] of hours.entries()) {
      const own = counts.features[index];
      if (own !== undefined) addHour(cells, ((numbers[i] ?? 0) - firstHour) * layout.width, layout, own);
    }
    const { groupOf: _, ...shape } = layout;
    return { name: feature.name, kind: feature.kind, cells, ...shape };
  });
  return { firstHour: hours.length === 0 ? 0 : firstHour, hours: length, features };
}

type Layout = Omit<GridFeature, "name" | "kind" | "cells"> & {
  /** Cell of the grid that each cell of the counts belongs to. */
  readonly groupOf: Int32Array;
};

function addHour(cells: Float64Array, offset: number, { groupOf, width }: Layout, counts: FeatureCounts): void {
  for (let i = 0; i < groupOf.length; i += 1) {
    const at = offset + (groupOf[i] ?? 0);
    cells[at] = (cells[at] ?? 0) + (counts.cells[i] ?? 0);
  }
  const missing = offset + width - 1;
  cells[missing] = (cells[missing] ?? 0) + counts.missing;
}

function layoutOf(bins: FeatureBins, counts: readonly FeatureCounts[]): Layout {
  if (bins.kind === "categorical") return eachCell(bins.categories.length + 1, (cell) => cell, 0);
  const { edges } = bins;
  if (isDiscrete(bins))
    return eachCell(2 * edges.length + 1, (cell) => (cell % 2 === 1 ? (cell - 1) / 2 : edges.length), edges.length);
  return groupedByMass(bins, counts);
}

/** A cell of the grid for each cell of the counts, and one for the missing. */
function eachCell(cells: number, binOf: (cell: number) => number, values: number): Layout {
  const bins = Array.from({ length: cells }, (_, cell) => binOf(cell));
  const last = Math.max(...bins) + 1;
  return {
    groupOf: Int32Array.from({ length: cells }, (_, cell) => cell),
    width: cells + 1,
    binOf: Int32Array.from([...bins, last]),
    bins: last + 1,
    ordered: values === 0 ? 0 : cells,
    onePoint: values > 0,
  };
}

/** Neighbouring cells joined until each holds its part of the baseline's rows; never across an edge of a bin. */
function groupedByMass(bins: NumericBins, counts: readonly FeatureCounts[]): Layout {
  const cells = 2 * bins.edges.length + 1;
  const mass = new Float64Array(cells);
  for (const one of counts) for (let i = 0; i < cells; i += 1) mass[i] = (mass[i] ?? 0) + (one.cells[i] ?? 0);
  const enough = mass.reduce((sum, value) => sum + value, 0) / fineCells;
  const groupOf = new Int32Array(cells);
  const binOf: number[] = [];
  let [group, held, bin] = [-1, Number.POSITIVE_INFINITY, 0];
  for (let cell = 0; cell < cells; cell += 1) {
    const closed = bin < bins.binEdges.length && cell > 2 * (bins.binEdges[bin] ?? 0) + 1;
    if (closed) bin += 1;
    if (closed || held >= enough) {
      group += 1;
      held = 0;
      binOf.push(bin);
    }
    groupOf[cell] = group;
    held += mass[cell] ?? 0;
  }
  return {
    groupOf,
    width: binOf.length + 1,
    binOf: Int32Array.from([...binOf, bin + 1]),
    bins: bin + 2,
    ordered: binOf.length,
    onePoint: false,
  };
}
