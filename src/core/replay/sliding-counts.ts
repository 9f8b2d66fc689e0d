import type { HourOfRows } from "../calibration/match-baseline.ts";
import type { Counts, FeatureBins, FeatureCounts } from "../profile/bins.ts";
import { type FilledCells, filledCellsReader } from "../profile/counts-codec.ts";
import { cellCount } from "../profile/empty-counts.ts";
import { isWithin } from "../quarantine/quarantine.ts";
import type { Window } from "../window.ts";

/** Counts of one hour of one file of the log, as they are stored. */
export interface StoredHour {
  /** Start of the hour, ms since the epoch. */
  readonly hour: number;
  /** Sequence number of the file: from when on it was known. */
  readonly seq: number;
  /** As of `encodeCounts`. */
  readonly counts: Uint8Array;
}

export interface SlidingCounts {
  /**
   * Counts of the hours in [from, to) that were known at `asOfSeq`: the same bits as `sumEncodedCounts` of them. Quick
   * when each call moves on from the one before; any other order is right too.
   */
  of(window: SlidingWindow): Counts;
  /** Rows of each of these hours, file by file. */
  rowsByHour(window: SlidingWindow): readonly HourOfRows[];
}

/** Half-open, ms since the epoch. */
export interface SlidingWindow {
  readonly from: number;
  readonly to: number;
  readonly asOfSeq: number;
  /** Spans whose hours are left out. */
  readonly except?: readonly Window[];
}

/** Hours whose decoded counts are kept: an hour enters a window and leaves it again. */
const keptHours = 2_000;

/**
 * Windows that slide over stored hours: hours that enter are added, hours that leave are taken off. Counts are whole
 * numbers, so that the sum has the same bits whichever way it was reached. O(filled cells of the hours that change) a
 * window, and O(hours · features) for the least and greatest values, which cannot be taken off.
 *
 * @param hours  in any order
 * @param kept   decoded hours that are held for when they leave again
 * @throws InvalidData when bytes are damaged, or were counted with other bins or too few edges
 */
export function createSlidingCounts(
  bins: readonly FeatureBins[],
  hours: readonly StoredHour[],
  kept = keptHours,
): SlidingCounts {
  const sorted = [...hours].sort((one, other) => one.hour - other.hour || one.seq - other.seq);
  const decoded = new Map<number, FilledCells>();
  const inside = new Set<number>();
  const decode = filledCellsReader(bins);
  let sums = createSums(bins);
  let last: SlidingWindow = { from: 0, to: 0, asOfSeq: -1 };
  const hourAt = (index: number): FilledCells => {
    const known = decoded.get(index) ?? decode((sorted[index] as StoredHour).counts);
    decoded.set(index, known);
    if (decoded.size > kept) decoded.delete(decoded.keys().next().value as number);
    return known;
  };
  return {
    of(window) {
      const { except = [] } = window;
      if (!follows(window, last)) {
        inside.clear();
        sums = createSums(bins);
      }
      last = window;
      for (const index of inside)
        if ((sorted[index] as StoredHour).hour < window.from) {
          sums.change(hourAt(index), -1);
          inside.delete(index);
        }
      for (let index = firstFrom(sorted, window.from); index < sorted.length; index += 1) {
        const { hour, seq } = sorted[index] as StoredHour;
        if (hour >= window.to) break;
        if (seq > window.asOfSeq || inside.has(index) || isWithin(except, hour)) continue;
        sums.change(hourAt(index), 1);
        inside.add(index);
      }
      return sums.read([...inside].map(hourAt));
    },
    rowsByHour({ from, to, asOfSeq, except = [] }) {
      const found: HourOfRows[] = [];
      for (let index = firstFrom(sorted, from); index < sorted.length; index += 1) {
        const { hour, seq } = sorted[index] as StoredHour;
        if (hour >= to) break;
        if (seq <= asOfSeq && !isWithin(except, hour)) found.push({ hour: new Date(hour), rows: hourAt(index).rows });
      }
      return found;
    },
  };
}

/** Whether a window only adds and leaves hours at its ends, and may be reached from the one before. */
function follows(window: SlidingWindow, last: SlidingWindow): boolean {
  const spans = ({ except = [] }: SlidingWindow) => except.map(({ start, end }) => `${+start} ${+end}`).join();
  const onwards = window.from >= last.from && window.to >= last.to && window.asOfSeq >= last.asOfSeq;
  return onwards && spans(window) === spans(last);
}

function firstFrom(hours: readonly StoredHour[], from: number): number {
  let [low, high] = [0, hours.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hours[middle] as StoredHour).hour < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function createSums(bins: readonly FeatureBins[]) {
  const ends = endsOf(bins);
  // One piece of memory for all features: it is copied for each window, and many small copies take several times as long.
  const all = new Float64Array(ends.at(-1) ?? 0);
  const cells = cellsOf(all, ends);
  const rest = bins.map(() => ({ missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 }));
  let rows = 0;
  return {
    change(hour: FilledCells, sign: 1 | -1): void {
      rows += sign * hour.rows;
      for (let i = 0; i < cells.length; i += 1) {
        const [own, sums, feature] = [cells[i], rest[i], hour.features[i]];
        if (own === undefined || sums === undefined || feature === undefined) continue;
        const { cells: filled, counts, rest: other } = feature;
        for (let k = 0; k < filled.length; k += 1) {
          const cell = filled[k] as number;
          own[cell] = (own[cell] as number) + sign * (counts[k] as number);
        }
        sums.missing += sign * other.missing;
        sums.invalid += sign * other.invalid;
        sums.positiveInfinity += sign * other.positiveInfinity;
        sums.negativeInfinity += sign * other.negativeInfinity;
      }
    },
    read(hours: readonly FilledCells[]): Counts {
      const features = cellsOf(all.slice(), ends).map((own, i): FeatureCounts => {
        const { missing, invalid, positiveInfinity, negativeInfinity } = rest[i] as (typeof rest)[number];
        return { cells: own, missing, invalid, positiveInfinity, negativeInfinity, ...extremes(hours, i) };
      });
      return { rows, features };
    },
  };
}

/** Where the cells of each feature end when they lie one after the other. */
function endsOf(bins: readonly FeatureBins[]): readonly number[] {
  let end = 0;
  return bins.map((feature) => (end += cellCount(feature)));
}

function cellsOf(all: Float64Array, ends: readonly number[]): readonly Float64Array[] {
  return ends.map((end, i) => all.subarray(ends[i - 1] ?? 0, end));
}

function extremes(hours: readonly FilledCells[], feature: number): Pick<FeatureCounts, "minimum" | "maximum"> {
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { features } of hours) {
    const own = features[feature]?.rest;
    if (own?.minimum !== undefined) minimum = Math.min(minimum, own.minimum);
    if (own?.maximum !== undefined) maximum = Math.max(maximum, own.maximum);
  }
  return {
    ...(minimum === Number.POSITIVE_INFINITY ? {} : { minimum }),
    ...(maximum === Number.NEGATIVE_INFINITY ? {} : { maximum }),
  };
}
