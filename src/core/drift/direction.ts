import type { CategoricalBins, FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { quantileOfCounts } from "./quantile-of-counts.ts";

/** Share of rows by which a category or the missing values must have moved to be worth a word. */
const worthAWord = 0.02;

/**
 * What moved where, in one sentence that needs no statistics: "median 0.42 → 0.61, middle half 0.3–0.5 → 0.5–0.7" or
 * "clear 63 % → 41 %, mist 25 % → 38 %"; and how the share of missing values moved, where it did.
 */
export function describeDirection(bins: FeatureBins, baseline: FeatureCounts, window: FeatureCounts): string {
  const values = bins.kind === "numeric" ? numericShift(bins, baseline, window) : mixShift(bins, baseline, window);
  const [before, after] = [missingShare(baseline), missingShare(window)];
  const missing = Math.abs(after - before) >= worthAWord ? [`missing ${percent(before)} → ${percent(after)}`] : [];
  return [...values, ...missing].join(", ") || "small shifts in many places";
}

function numericShift(bins: NumericBins, baseline: FeatureCounts, window: FeatureCounts): readonly string[] {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => [
    quantileOfCounts(bins, baseline, q),
    quantileOfCounts(bins, window, q),
  ]);
  const [before, after] = middle ?? [];
  if (before === undefined || after === undefined) return [];
  const halves = [0, 1].map((side) => `${formatNumber(low?.[side])} to ${formatNumber(high?.[side])}`);
  const half = halves[0] === halves[1] ? [] : [`middle half ${halves[0]} → ${halves[1]}`];
  if (formatNumber(before) === formatNumber(after)) return [`median stays ${formatNumber(before)}`, ...half];
  return [`median ${formatNumber(before)} → ${formatNumber(after)}`, ...half];
}

function mixShift(bins: CategoricalBins, baseline: FeatureCounts, window: FeatureCounts): readonly string[] {
  const [n, m] = [total(baseline), total(window)];
  const names = [...bins.categories, "values not seen in the baseline"];
  return names
    .map((name, i) => ({ name, before: (baseline.cells[i] ?? 0) / n, after: (window.cells[i] ?? 0) / m }))
    .filter(({ before, after }) => Math.abs(after - before) >= worthAWord)
    .sort((one, other) => Math.abs(other.after - other.before) - Math.abs(one.after - one.before))
    .slice(0, 3)
    .map(({ name, before, after }) => `${name} ${percent(before)} → ${percent(after)}`);
}

function total(counts: FeatureCounts): number {
  return counts.cells.reduce((sum, cell) => sum + cell, 0) + counts.missing + counts.invalid;
}

function missingShare(counts: FeatureCounts): number {
  const rows = total(counts);
  return rows === 0 ? 0 : (counts.missing + counts.invalid) / rows;
}

function percent(share: number): string {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 1 ? hundredths.toFixed(1) : hundredths.toFixed(0)} %`;
}

/** Four significant digits, without the tail of binary fractions. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return "?";
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential()
    : String(rounded);
}
