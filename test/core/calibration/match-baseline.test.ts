import { expect, test } from "@jest/globals";
import {
  matchBaseline,
  stratumOfHour,
  sumByCalendar,
  usualShare,
  weekWeights,
} from "../../../src/core/calibration/match-baseline.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { binsOf, hoursOfCounts, start } from "./hours.ts";

const bins = [binsOf("f", ["night", "day"])];
/** Two weeks: 10 rows an hour, all "night" before six, all "day" after. */
const baseline = hoursOfCounts(bins, 14 * 24, (hour) => Array.from({ length: 10 }, () => (hour % 24 < 6 ? 0 : 1)));
const windowOf = (hours: readonly number[]) =>
  hours.map((hour) => ({ hour: new Date(start.getTime() + hour * millisecondsPer.h), rows: 10 }));
const shareOfNight = ({ counts }: ReturnType<typeof matchBaseline>) =>
  (counts.features[0]?.cells[0] ?? Number.NaN) / counts.rows;

test("strata are hours of the day and days of the week, Monday first", () => {
  const hour = start.getTime() / millisecondsPer.h;
  expect(stratumOfHour(hour, ["weekday"])).toBe(0);
  expect(stratumOfHour(hour + 24 * 6 + 5, ["weekday"])).toBe(6 * 24);
  expect(stratumOfHour(hour + 24 + 5, ["hour", "weekday"])).toBe(24 + 5);
  expect(stratumOfHour(hour + 24 + 5, ["hour"])).toBe(5);
});

test("a window of the morning is compared with mornings", () => {
  const matched = matchBaseline(baseline, windowOf([0, 1, 2, 3, 4, 5]), ["hour"]);
  expect(shareOfNight(matched)).toBeCloseTo(1, 12);
  // Six of 24 hours have all the weight.
  expect(matched.effectiveRows).toBeCloseTo((14 * 24 * 10) / 4, 9);
  expect(matched.counts.rows).toBe(matched.effectiveRows);
  expect(matched.unmatched).toBe(0);
});

test("the same mix leaves shares and size as they are", () => {
  const matched = matchBaseline(baseline, windowOf(Array.from({ length: 24 }, (_, hour) => hour)), ["hour"]);
  expect(shareOfNight(matched)).toBeCloseTo(0.25, 12);
  expect(matched.effectiveRows).toBeCloseTo(14 * 24 * 10, 9);
});

test("hours that the baseline lacks are told and left out of the mix", () => {
  const short = baseline.slice(0, 12);
  const matched = matchBaseline(short, windowOf([5, 20]), ["hour"]);
  expect(matched.unmatched).toBeCloseTo(0.5, 12);
  expect(shareOfNight(matched)).toBeCloseTo(1, 12);
});

test("strata say the same of a baseline as its hours", () => {
  for (const match of [["hour"], ["weekday"], ["weekday", "hour"]] as const) {
    const strata = sumByCalendar(baseline, match);
    expect(strata).toHaveLength(match.reduce((product, one) => product * (one === "hour" ? 24 : 7), 1));
    const window = windowOf([1, 2, 3, 30, 31, 100]);
    const [whole, summed] = [matchBaseline(baseline, window, match), matchBaseline(strata, window, match)];
    expect(summed.effectiveRows).toBe(whole.effectiveRows);
    expect(shareOfNight(summed)).toBeCloseTo(shareOfNight(whole), 12);
    expect(summed.unmatched).toBe(whole.unmatched);
  }
});

test("weights by the hour of the week are those that the counts were weighed with", () => {
  for (const match of [["hour"], ["weekday"], ["weekday", "hour"]] as const) {
    const window = windowOf([1, 2, 3, 30, 31, 100]);
    const weights = weekWeights(sumByCalendar(baseline, match), window, match);
    expect(weights).toHaveLength(168);
    const weighed = baseline.map(({ hour, counts }) => ({
      counts,
      weight: weights[(hour.getTime() / 3_600_000) % 168] ?? 0,
    }));
    const rows = weighed.reduce((sum, { counts, weight }) => sum + weight * counts.rows, 0);
    const cells = weighed.reduce((sum, { counts, weight }) => sum + weight * (counts.features[0]?.cells[0] ?? 0), 0);
    const matched = matchBaseline(baseline, window, match).counts;
    expect(cells / rows).toBeCloseTo((matched.features[0]?.cells[0] ?? 0) / matched.rows, 12);
  }
});

test("a usual window of a day has a seventh of the baseline when matched on the weekday, all on the hour", () => {
  const rows = baseline.map(({ hour, counts }) => ({ hour, rows: counts.rows }));
  expect(usualShare(rows, 24, ["weekday"])).toBeCloseTo(1 / 7, 12);
  expect(usualShare(rows, 24, ["hour"])).toBeCloseTo(1, 12);
  expect(usualShare(rows, 24, [])).toBe(1);
  expect(usualShare([], 24, ["hour"])).toBe(1);
});

test("an empty window changes nothing", () => {
  const matched = matchBaseline(baseline, [], ["hour"]);
  expect(matched.effectiveRows).toBe(14 * 24 * 10);
  expect(shareOfNight(matched)).toBeCloseTo(0.25, 12);
});
