import { describe, expect, test } from "@jest/globals";
import { type GridFeature, hourlyGrid } from "../../../src/core/calibration/hourly-grid.ts";
import { replayNormalHours } from "../../../src/core/calibration/normal-hours.ts";
import type { ReplaySettings } from "../../../src/core/calibration/replay-feature.ts";
import { independentHours } from "./hours.ts";

const { bins, hours } = independentHours(3, 30 * 24, 40, 5);
const grid = hourlyGrid(bins, hours);
const settings: ReplaySettings = {
  ...{ spanHours: 24, everyHours: 24, effect: 1, largestP: 0.05, floor: 0, hourMatched: false, period: 24 },
  tests: ["psi", "ks"],
};
const slots = 400;
const input = { hours: grid.hours, liveHours: slots * 24 };

/** Checks of several histories of each feature at which the smaller p is at most 0.05 and 0.005. */
function shares(changed: Partial<ReplaySettings> = {}): readonly number[] {
  const found = grid.features.flatMap((feature, index) =>
    Array.from({ length: 6 }, (_, i) =>
      replayNormalHours({ ...input, feature, settings: { ...settings, ...changed } }, index * 10 + i),
    ).flat(),
  );
  const all = grid.features.length * 6 * slots;
  return [0.05, 0.005].map((alpha) => found.filter(({ p }) => p <= alpha).length / all);
}

describe("histories of normal hours", () => {
  test("reach a limit about as often as it promises, also where rows depend on each other", () => {
    for (const effect of [1, 6]) {
      const [often = 0, rare = 0] = shares({ effect });
      // Two tests of one feature, which mostly agree, against one baseline each history.
      expect(often).toBeGreaterThan(0.03);
      expect(often).toBeLessThan(0.1);
      expect(rare).toBeGreaterThan(0.002);
      expect(rare).toBeLessThan(0.01);
    }
  });

  test("of so many dependent rows as are worth those of independent ones, say the same", () => {
    const bins = Array.from({ length: 10 }, (_, bin) => bin);
    const ofRows = (rows: number): GridFeature => ({
      ...{ name: "x", kind: "numeric", width: 11, bins: 11, ordered: 10, onePoint: false },
      cells: Float64Array.from({ length: grid.hours * 11 }, (_, i) => (i % 11 === 10 ? 0 : rows)),
      binOf: Int32Array.from([...bins, 10]),
    });
    const replay = (rows: number, effect: number) =>
      replayNormalHours({ ...input, feature: ofRows(rows), settings: { ...settings, tests: ["ks"], effect } }, 11);
    const [few, many] = [replay(4, 1), replay(100, 25)];
    expect(few.length).toBeGreaterThan(5);
    expect(many.map(({ slot }) => slot)).toEqual(few.map(({ slot }) => slot));
    for (const [i, { p }] of many.entries()) expect(p).toBeCloseTo(few[i]?.p ?? 0, 9);
  });

  test("are the same for a seed, others for another", () => {
    const [feature] = grid.features;
    if (feature === undefined) throw new Error("expected a feature");
    const replay = (seed: number) => replayNormalHours({ ...input, feature, settings }, seed);
    expect(replay(3)).toEqual(replay(3));
    expect(replay(4)).not.toEqual(replay(3));
  });

  test("a floor leaves only windows in which enough has moved", () => {
    const [without = 0] = shares();
    const [some = 0] = shares({ floor: 0.03 });
    expect(some).toBeLessThan(without);
    expect(shares({ floor: 0.5 })).toEqual([0, 0]);
  });
});
