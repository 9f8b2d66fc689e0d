import { binOrderOf } from "../drift/bin-order.ts";
import { type BinLaw, type BinSpread, binLaw, rowsAsOne } from "../drift/bin-spread.ts";
import { type BinOrder, mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { total } from "../total.ts";
import { degreesOf, type HourBlock } from "./hour-blocks.ts";
import type { GridFeature } from "./hourly-grid.ts";

/** More bins than this are too many to keep how each varies with each. */
const mostBins = 64;
/** What fewer degrees tell of a covariance is noise. */
const fewestDegrees = 3;
/** Digits that are kept. */
const digits = 6;

/** The covariances of one feature's bins as blocks of hours show them, before the other features were asked. */
export interface MeasuredSpread {
  readonly spread: BinSpread;
  /** Rows of all blocks, and of a mean one. */
  readonly rows: number;
  readonly meanRows: number;
  readonly order: BinOrder;
}

/** Measures how the bins of a feature vary together between blocks; undefined where the blocks tell nothing. */
export function measureSpread(feature: GridFeature, blocks: readonly HourBlock[]): MeasuredSpread | undefined {
  const { binOf, bins } = feature;
  const degrees = degreesOf(blocks);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (degrees < fewestDegrees || rows === 0 || bins > mostBins) return undefined;
  const counted = blocks.map(({ strata, rows: own }) => ({
    rows: own,
    strata: new Map([...strata].map(([stratum, cells]) => [stratum, intoBins(cells, binOf, bins)])),
  }));
  const pooled = new Map<number, Float64Array>();
  for (const { strata } of counted)
    for (const [stratum, sums] of strata) {
      const sofar = pooled.get(stratum) ?? new Float64Array(bins);
      pooled.set(stratum, sofar);
      for (let bin = 0; bin < bins; bin += 1) sofar[bin] = (sofar[bin] ?? 0) + (sums[bin] ?? 0);
    }
  const shares = new Float64Array(bins);
  for (const sums of pooled.values())
    for (let bin = 0; bin < bins; bin += 1) shares[bin] = (shares[bin] ?? 0) + (sums[bin] ?? 0) / rows;
  const covariances = new Float64Array((bins * (bins + 1)) / 2);
  for (const block of counted) addSquares(covariances, residualsOf(block.strata, pooled, bins), block.rows * degrees);
  return {
    spread: { shares: short(shares), covariances: short(covariances), degrees, moderation: 1, lent: 1 },
    ...{ rows, meanRows: rows / blocks.length, order: binOrderOf(feature) },
  };
}

function short(values: Float64Array): readonly number[] {
  return Array.from(values, (value) => Number(value.toPrecision(digits)));
}

function intoBins(cells: Float64Array, binOf: Int32Array, bins: number): Float64Array {
  const sums = new Float64Array(bins);
  for (let cell = 0; cell < cells.length; cell += 1) {
    const bin = binOf[cell] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + (cells[cell] ?? 0);
  }
  return sums;
}

/** Rows of a block above what its mix of strata lets expect. */
function residualsOf(
  strata: ReadonlyMap<number, Float64Array>,
  pooled: ReadonlyMap<number, Float64Array>,
  bins: number,
): Float64Array {
  const residuals = new Float64Array(bins);
  for (const [stratum, sums] of strata) {
    const all = pooled.get(stratum) ?? sums;
    const part = total(sums) / Math.max(1, total(all));
    for (let bin = 0; bin < bins; bin += 1)
      residuals[bin] = (residuals[bin] ?? 0) + (sums[bin] ?? 0) - part * (all[bin] ?? 0);
  }
  return residuals;
}

function addSquares(into: Float64Array, residuals: Float64Array, divisor: number): void {
  let at = 0;
  for (let i = 0; i < residuals.length; i += 1)
    for (let j = 0; j <= i; j += 1) {
      into[at] = (into[at] ?? 0) + ((residuals[i] ?? 0) * (residuals[j] ?? 0)) / divisor;
      at += 1;
    }
}

/** The groups of bins that a window as large as a mean block has. */
export function usualGroups({ spread, rows, meanRows, order }: MeasuredSpread): readonly number[] {
  const effect = rowsAsOne(spread);
  const counts = (all: number) => spread.shares.map((share) => (share * all) / effect);
  return mergeSparseBins(counts(rows), counts(meanRows), order).groups;
}

/** The law over these groups as measured: its mean may be less than that of independent rows. Undefined with one. */
export function usualLaw(spread: BinSpread, groups: readonly number[]): BinLaw | undefined {
  const law = binLaw(spread, groups, 0);
  return law !== undefined && law.mixture.first > 0 ? law : undefined;
}
