import { describe, expect, test } from "@jest/globals";
import { binSpreads } from "../../../src/core/calibration/bin-spreads.ts";
import { designEffects, inflateFor } from "../../../src/core/calibration/design-effects.ts";
import { type HourOfCounts, hourlyGrid } from "../../../src/core/calibration/hourly-grid.ts";
import { type BinSpread, binLaw, binLimit } from "../../../src/core/drift/bin-spread.ts";
import { compare } from "../../../src/core/drift/compare.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { normalQuantile } from "../../../src/core/statistics/normal-quantile.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { binsOf, hoursOfCounts, profileOf } from "./hours.ts";

const levels = 6;
const features = 8;
const bins = Array.from({ length: features }, (_, i) => binsOf(`f${i}`, ["a", "b", "c", "d", "e", "f"]));
const edges = [1, 2, 3, 4, 5].map((edge) => normalQuantile(edge / levels));
const levelOf = (latent: number) => edges.filter((edge) => latent > edge).length;

/** Latent values of one row after another of a feature; `shiftOf` moves those of an hour. */
type Rows = (hour: number, feature: number) => readonly number[];

function rowsOf(seed: number, rowsPerHour: number, correlation: number, shiftOf: Rows = () => []): Rows {
  const random = seededRandom(seed);
  const latent = Array.from({ length: features }, () => normalQuantile(random()));
  const noise = Math.sqrt(1 - correlation ** 2);
  return (hour, feature) => {
    const shift = shiftOf(hour, feature)[0] ?? 0;
    return Array.from({ length: rowsPerHour }, () => {
      const next = correlation * (latent[feature] ?? 0) + noise * normalQuantile(random());
      latent[feature] = next;
      return levelOf(next + shift);
    });
  };
}

const spreadsOf = (rows: Rows, days = 30, blockHours = 24) =>
  binSpreads(hourlyGrid(bins, hoursOfCounts(bins, days * 24, rows)), blockHours).map((one) => {
    if (one === undefined) throw new Error("expected a spread of every feature");
    return one;
  });

/** The bins of six categories, the values that are none of them, and the missing. */
const limitOf = (spread: BinSpread) => {
  const law = binLaw(spread, [0, 1, 2, 3, 4, 5, 5, 5]);
  return law === undefined ? Number.NaN : binLimit(law, 0.001);
};
const deviation = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe("parts of the window-long blocks", () => {
  test("tell the covariances of rows that follow each other: limits of alike features are alike", () => {
    const found = spreadsOf(rowsOf(1, 40, 0.9));
    for (const { own, inForce } of found) {
      expect(own.degrees).toBeCloseTo(29, 6);
      expect(inForce.degrees).toBeGreaterThan(100);
    }
    const logsOf = (spreads: readonly BinSpread[]) => spreads.map((spread) => Math.log(limitOf(spread)));
    const alone = deviation(logsOf(found.map(({ own }) => own)));
    expect(deviation(logsOf(found.map(({ inForce }) => inForce)))).toBeLessThan(0.6 * alone);
  });

  test("are not asked where days have levels of their own, which parts do not show", () => {
    const random = seededRandom(2);
    const days = Array.from({ length: 30 * features }, () => 0.3 * normalQuantile(random()));
    const shift: Rows = (hour, feature) => [days[Math.floor(hour / 24) * features + feature] ?? 0];
    for (const { own, inForce } of spreadsOf(rowsOf(3, 40, 0, shift))) expect(inForce.degrees).toBe(own.degrees);
  });

  test("are asked of all features but the one whose days have levels of their own", () => {
    const random = seededRandom(4);
    const days = Array.from({ length: 30 }, () => 0.5 * normalQuantile(random()));
    const shift: Rows = (hour, feature) => [feature === 5 ? (days[Math.floor(hour / 24)] ?? 0) : 0];
    const found = spreadsOf(rowsOf(5, 40, 0, shift));
    for (const [i, { own, inForce }] of found.entries()) {
      if (i === 5) expect(inForce).toEqual({ ...own, lent: 1, moderation: expect.closeTo(1, 9) });
      else expect(inForce.degrees).toBeGreaterThan(100);
    }
  });

  test("do not take what returns every day for dependence", () => {
    const shift: Rows = (hour) => [0.7 * Math.sin((2 * Math.PI * hour) / 24)];
    for (const { inForce } of spreadsOf(rowsOf(6, 40, 0, shift))) {
      expect(inForce.degrees).toBeGreaterThan(100);
      expect(limitOf(inForce)).toBeLessThan(1.3 * chiSquareQuantile(0.001, levels - 1));
    }
  });

  test("blocks of an hour have none", () => {
    for (const { own, inForce } of spreadsOf(rowsOf(7, 40, 0.5), 5, 1)) expect(inForce.degrees).toBe(own.degrees);
  });

  test("a feature of two values has nothing to ask of them", () => {
    const two = Array.from({ length: 4 }, (_, i) => binsOf(`f${i}`, ["a", "b"]));
    const random = seededRandom(8);
    const hours = hoursOfCounts(two, 30 * 24, () => Array.from({ length: 20 }, () => (random() < 0.3 ? 0 : 1)));
    for (const one of binSpreads(hourlyGrid(two, hours), 24)) expect(one?.inForce.degrees).toBe(one?.own.degrees);
  });
});

/** Part of the features of null windows in which a test reaches its limit. */
function nullRate(rows: (seed: number) => Rows, days: number, alpha: number): number {
  let [alarms, tests] = [0, 0];
  for (let seed = 1; seed <= 3; seed += 1) {
    const draw = rows(seed);
    const hours: readonly HourOfCounts[] = hoursOfCounts(bins, (days + 30) * 24, draw);
    const [before, after] = [hours.slice(0, days * 24), hours.slice(days * 24)];
    const profile = profileOf(bins, before);
    const { byFeature } = designEffects(hourlyGrid(bins, before), millisecondsPer.d);
    const measured = Object.entries(byFeature);
    const options = {
      ...{ tests: { numeric: [], categorical: ["psi", "chi_square"] as const }, floor: 0, segment: "" },
      ...{
        alphaPerTest: alpha,
        designEffects: Object.fromEntries(measured.map(([f, e]) => [f, inflateFor(e, alpha)])),
      },
      spreads: Object.fromEntries(measured.flatMap(([f, { spread }]) => (spread === undefined ? [] : [[f, spread]]))),
    };
    for (let day = 0; day < 30; day += 1) {
      const window = profileOf(bins, after.slice(day * 24, day * 24 + 24)).counts;
      const drifted = compare(profile, window, options).filter((finding) => finding.drifted);
      alarms += new Set(drifted.map(({ feature }) => feature)).size;
      tests += features;
    }
  }
  return alarms / tests;
}

/** Entities that leave ten alike rows one after another, a few of which see midnight. */
function entities(seed: number): Rows {
  const random = seededRandom(seed);
  return () =>
    Array.from({ length: 4 }, () => levelOf(normalQuantile(random()))).flatMap((level) => Array(10).fill(level));
}

describe("features of null windows with a psi or chi-square at its limit, of which 1 % are asked of each", () => {
  test.each<[string, (seed: number) => Rows, number, number]>([
    ["independent rows", (seed) => rowsOf(10 + seed, 20, 0), 30, 0.02],
    ["rows that follow each other", (seed) => rowsOf(20 + seed, 30, 0.9), 30, 0.02],
    ["rows that follow each other, 8 blocks", (seed) => rowsOf(30 + seed, 30, 0.9), 8, 0.03],
    ["ten alike rows of an entity", (seed) => entities(40 + seed), 30, 0.02],
  ])("%s", (_, rows, days, most) => {
    const rate = nullRate(rows, days, 0.01);
    expect(rate).toBeGreaterThan(0.003);
    expect(rate).toBeLessThan(most);
  });
});
