import { binCounts, binLabels, isDiscrete } from "../profile/bin-counts.ts";
import type { FeatureBins, FeatureCounts, NumericBins } from "../profile/bins.ts";
import { total } from "../total.ts";
import { heaviestBin } from "./heaviest-bin.ts";
import { nameNewValues, type UnseenValue } from "./new-values.ts";
import { quantileOfCounts } from "./quantile-of-counts.ts";

/** Share of rows by which a category or the missing values must have moved to be worth a word. */
export const worthAWord = 0.02;

/** A bin of numbers is named beside the quartiles when it carries so much of the PSI. */
export const carriesMuch = 0.25;

/** Part of all that moved from which a shift is told first. */
const mostly = 0.8;

/** Bins that are named at most. */
export const shownBins = 3;

/**
 * What moved where, in one sentence that needs no statistics: "median 0.42 → 0.61, middle half 0.3 to 0.5 → 0.5 to 0.7,
 * more rows above 0.9: 10 % → 31 %", or for categories and numbers of few values "clear: 63 % → 41 %, mist: 25 % → 38 %"; and how the share of missing values
 * moved, where it did.
 *
 * @param unseen  the most frequent values that the baseline has not, where they are known: "new value: fog, 12 %"
 */
export function describeDirection(
  bins: FeatureBins,
  baseline: FeatureCounts,
  window: FeatureCounts,
  unseen: readonly UnseenValue[] = [],
): string {
  const few = bins.kind === "categorical" || isDiscrete(bins);
  const quantiles = few ? [] : quantileShift(bins, baseline, window);
  const values = quantiles.length > 0 ? quantiles : mixShift(bins, baseline, window, unseen);
  const [before, after] = [missingShare(baseline), missingShare(window)];
  const missing = Math.abs(after - before) >= worthAWord ? [describeShift("missing", before, after)] : [];
  const told = isMostlyMissing(bins, baseline, window) ? [...missing, ...values] : [...values, ...missing];
  return told.join(", ") || "small shifts in many places";
}

/** Whether nearly all rows that moved went to the missing ones, or came from them: the rest is not the news. */
function isMostlyMissing(bins: FeatureBins, baseline: FeatureCounts, window: FeatureCounts): boolean {
  const [before, after] = [binCounts(bins, baseline), binCounts(bins, window)];
  const [n, m] = [total(before), total(after)];
  if (n === 0 || m === 0) return false;
  const moved = before.reduce((sum, count, bin) => sum + Math.abs((after[bin] ?? 0) / m - count / n), 0) / 2;
  const missing = (before.at(-1) ?? 0) / n - (after.at(-1) ?? 0) / m;
  return Math.abs(missing) >= mostly * moved;
}

/** How the quartiles moved; nothing when they stayed, for then the shift lies elsewhere. */
function quantileShift(bins: NumericBins, baseline: FeatureCounts, window: FeatureCounts): readonly string[] {
  const at = (counts: FeatureCounts) => [0.25, 0.5, 0.75].map((share) => quantileOfCounts(bins, counts, share));
  const [before, after] = formatShift(at(baseline), at(window));
  if (before.includes("?") || after.includes("?") || before.join() === after.join()) return [];
  const middle = before[1] === after[1] ? `median stays ${before[1]}` : `median ${before[1]} → ${after[1]}`;
  const [was, is] = [before, after].map(([low, , high]) => `${low} to ${high}`);
  const half = was === is ? [] : [`middle half ${was} → ${is}`];
  return [middle, ...half, ...nameHeaviest(bins, baseline, window)];
}

type Quartiles = readonly (number | undefined)[];

/** Quartiles of both sides, with enough digits to tell one end of the middle half from the other. */
function formatShift(was: Quartiles, is: Quartiles): readonly [readonly string[], readonly string[]] {
  const [fewer, more] = [[...was, ...is].map((value) => formatNumber(value)), formatApart([...was, ...is])];
  const flat = (shown: readonly string[]) => shown[0] === shown[2] || shown[3] === shown[5];
  const shown = flat(fewer) ? more : fewer;
  return [shown.slice(0, 3), shown.slice(3)];
}

/** The range of values that carries much of the change, with its share on both sides. */
function nameHeaviest(bins: NumericBins, baseline: FeatureCounts, window: FeatureCounts): readonly string[] {
  const values = (counts: FeatureCounts) => binCounts(bins, counts).subarray(0, -1);
  const found = heaviestBin(values(baseline), values(window));
  if (found === undefined || found.part < carriesMuch || Math.abs(found.after - found.before) < worthAWord) return [];
  const { bin, before, after } = found;
  return [describeShift(`${after > before ? "more" : "fewer"} rows ${nameRange(bins, bin)}`, before, after)];
}

function nameRange({ binEdges, edges }: NumericBins, bin: number): string {
  const ends = [bin - 2, bin - 1, bin, bin + 1].map((at) => edges[binEdges[at] ?? -1]);
  const known = ends.filter((end) => end !== undefined);
  const shown = formatApart(known);
  const end = (at: number): string => shown[known.indexOf(ends[at] ?? Number.NaN)] ?? "?";
  if (bin === 0) return `up to ${end(2)}`;
  return bin === binEdges.length ? `above ${end(1)}` : `from ${end(1)} to ${end(2)}`;
}

/** Shares of the values in the bins that moved most. */
function mixShift(
  bins: FeatureBins,
  baseline: FeatureCounts,
  window: FeatureCounts,
  unseen: readonly UnseenValue[],
): readonly string[] {
  const [before, after] = [binCounts(bins, baseline), binCounts(bins, window)];
  const [n, m] = [valuesOf(baseline), valuesOf(window)];
  if (n === 0 || m === 0) return [];
  const labels = namesOfBins(bins);
  const other = bins.kind === "categorical" || isDiscrete(bins) ? labels.length - 1 : -1;
  const others = before[other] === 0 ? "values not seen in the baseline" : othersOf(bins);
  return labels
    .map((label, i) => ({
      bin: i,
      label: i === other ? others : label,
      before: (before[i] ?? 0) / n,
      after: (after[i] ?? 0) / m,
    }))
    .filter((bin) => Math.abs(bin.after - bin.before) >= worthAWord)
    .sort((one, next) => Math.abs(next.after - next.before) - Math.abs(one.after - one.before))
    .slice(0, shownBins)
    .flatMap(({ bin, label, before: was, after: is }) =>
      bin === other && was === 0 && unseen.length > 0 ? nameNewValues(unseen, m, is) : [describeShift(label, was, is)],
    );
}

/** Values that share a bin because none has rows enough in the baseline for one of its own. */
function othersOf({ kind }: FeatureBins): string {
  return kind === "categorical" ? "other values (new, or too rare in the baseline to be told apart)" : "other values";
}

/** What each bin but the missing one is called in a sentence. */
function namesOfBins(bins: FeatureBins): readonly string[] {
  const labels = binLabels(bins).slice(0, -1);
  return bins.kind === "categorical" || isDiscrete(bins) ? labels : labels.map((_, bin) => nameRange(bins, bin));
}

/** Whether more of the window's values than are worth a word are none that the baseline has. */
export function hasUnseenValues(bins: FeatureBins, baseline: FeatureCounts, window: FeatureCounts): boolean {
  if (bins.kind !== "categorical" || (baseline.cells.at(-1) ?? 0) > 0) return false;
  return (window.cells.at(-1) ?? 0) >= worthAWord * Math.max(1, valuesOf(window));
}

/** How a share moved: `snow: 2 % → 11 %`. */
export function describeShift(what: string, before: number, after: number): string {
  return `${what}: ${percent(before)} → ${percent(after)}`;
}

function valuesOf(counts: FeatureCounts): number {
  return counts.cells.reduce((sum, cell) => sum + cell, 0);
}

function missingShare(counts: FeatureCounts): number {
  const rows = valuesOf(counts) + counts.missing + counts.invalid;
  return rows === 0 ? 0 : (counts.missing + counts.invalid) / rows;
}

function percent(share: number): string {
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 1 ? hundredths.toFixed(1) : hundredths.toFixed(0)} %`;
}

/** Significant digits that numbers are shown with, and that tell any two doubles apart. */
const [usualDigits, allDigits] = [4, 17];

/** Four significant digits, or as many as are asked for, without the tail of binary fractions. */
export function formatNumber(value: number | undefined, digits = usualDigits): string {
  if (value === undefined) return "?";
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) >= 1e12 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential()
    : String(rounded);
}

/** Digits beyond those that tell numbers apart, so that by how much they differ is not all rounding. */
const beyondApart = 2;

/** Each number with four digits, or with enough to show how they differ: times and ids do so far to the right. */
export function formatApart(values: readonly (number | undefined)[]): readonly string[] {
  const different = new Set(values).size;
  const show = (digits: number) => values.map((value) => formatNumber(value, Math.min(digits, allDigits)));
  for (let digits = usualDigits; digits < allDigits; digits += 1)
    if (new Set(show(digits)).size === different) return show(digits === usualDigits ? digits : digits + beyondApart);
  return show(allDigits);
}
