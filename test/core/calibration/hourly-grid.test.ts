import { expect, test } from "@jest/globals";
import { hourlyGrid } from "../../../src/core/calibration/hourly-grid.ts";
import { deviationsOf, drawHistory, planDraws } from "../../../src/core/calibration/resampled-hours.ts";
import { binCounts } from "../../../src/core/profile/bin-counts.ts";
import type { FeatureCounts, NumericBins } from "../../../src/core/profile/bins.ts";
import { millisecondsPer } from "../../../src/core/units.ts";
import { binsOf, hoursOfCounts, start } from "./hours.ts";

const edges = Float64Array.from({ length: 200 }, (_, i) => i);
const numeric: NumericBins = { kind: "numeric", name: "x", edges, binEdges: [20, 60, 61, 150] };
const counts = (seed: number): FeatureCounts => ({
  cells: Float64Array.from({ length: 401 }, (_, cell) => (cell * 7 + seed) % 5),
  ...{ missing: seed, invalid: 3, positiveInfinity: 0, negativeInfinity: 0 },
});

test("bins of the tests are unions of the grid's cells, whatever the edges", () => {
  const hours = [0, 1, 2].map((i) => ({
    hour: new Date(start.getTime() + i * millisecondsPer.h),
    counts: { rows: 1, features: [counts(i)] },
  }));
  const [feature] = hourlyGrid([numeric], hours).features;
  if (feature === undefined) throw new Error("no feature");
  expect(feature.width).toBeLessThan(80);
  for (const [i, { counts: own }] of hours.entries()) {
    const bins = new Float64Array(feature.bins);
    for (let cell = 0; cell < feature.width; cell += 1)
      bins[feature.binOf[cell] ?? 0] =
        (bins[feature.binOf[cell] ?? 0] ?? 0) + (feature.cells[i * feature.width + cell] ?? 0);
    const [expected] = own.features.map((one) => binCounts(numeric, one));
    expect([...bins]).toEqual([...(expected ?? [])]);
  }
});

test("hours without rows are zeros, and the same hour twice is added up", () => {
  const at = (hour: number) => ({
    hour: new Date(start.getTime() + hour * millisecondsPer.h),
    counts: hoursOfCounts([binsOf("f", ["a"])], 1, () => [0, 0, 1])[0]?.counts ?? { rows: 0, features: [] },
  });
  const grid = hourlyGrid([binsOf("f", ["a"])], [at(4), at(1), at(1)]);
  expect(grid.hours).toBe(4);
  expect([...(grid.features[0]?.cells ?? [])]).toEqual([4, 2, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0]);
});

test("drawn hours keep their hour of the day, and blocks stay whole", () => {
  const plan = planDraws(30 * 24, 24, 100);
  expect(plan).toMatchObject({ period: 24, blockHours: 48 });
  const { live, baseline } = drawHistory(plan, 1, 5);
  expect(baseline).toHaveLength(720);
  for (const [hour, source] of live.entries()) {
    expect(source % 24).toBe(hour % 24);
    if (hour % 48 > 0) expect(source).toBe((live[hour - 1] ?? 0) + 1);
    expect(source).toBeLessThan(720);
  }
  expect(drawHistory(plan, 1, 5).live).toEqual(live);
  expect(drawHistory(plan, 1, 6).live).not.toEqual(live);
});

test("deviations leave the cycle of the day out", () => {
  const bins = [binsOf("f", ["a"])];
  const hours = hoursOfCounts(bins, 10 * 24, (hour) => (hour % 24 < 12 ? [0, 0, 0, 1] : [0, 1, 1, 1]));
  const grid = hourlyGrid(bins, hours);
  const [feature] = grid.features;
  if (feature === undefined) throw new Error("no feature");
  const { residuals, season, shares } = deviationsOf(grid, feature, planDraws(240, 24, 24), { weekday: false });
  expect(shares[0]).toBeCloseTo(0.5, 12);
  expect(season[0]).toBeCloseTo(0.25, 12);
  expect(Math.max(...residuals.map(Math.abs))).toBeLessThan(1e-12);
});
