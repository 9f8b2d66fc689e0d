import type { HourOfCounts } from "../../../src/core/calibration/hourly-grid.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import type { CategoricalBins, FeatureBins, Profile } from "../../../src/core/profile/bins.ts";
import { mergeCounts } from "../../../src/core/profile/merge-counts.ts";
import { millisecondsPer } from "../../../src/core/units.ts";

/** A Monday, 0:00 UTC. */
export const start = new Date("2025-03-03T00:00:00Z");

export function binsOf(name: string, categories: readonly string[]): CategoricalBins {
  return { kind: "categorical", name, categories };
}

/** Hours of categorical counts: `drawsOf(hour, feature)` gives the category of each row of that hour. */
export function hoursOfCounts(
  bins: readonly CategoricalBins[],
  hours: number,
  drawsOf: (hour: number, feature: number) => readonly number[],
): readonly HourOfCounts[] {
  return Array.from({ length: hours }, (_, hour) => {
    const features = bins.map(({ categories }, feature) => {
      const cells = new Float64Array(categories.length + 1);
      for (const category of drawsOf(hour, feature)) cells[category] = (cells[category] ?? 0) + 1;
      return { cells, missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 };
    });
    const rows = features[0]?.cells.reduce((sum, count) => sum + count, 0) ?? 0;
    return { hour: new Date(start.getTime() + hour * millisecondsPer.h), counts: { rows, features } };
  });
}

/** Independent rows of features with two to four equal categories. */
export function independentHours(features: number, hours: number, rowsPerHour: number, seed: number) {
  const random = seededRandom(seed);
  const bins = Array.from({ length: features }, (_, i) =>
    binsOf(
      `f${i}`,
      Array.from({ length: 2 + (i % 3) }, (__, category) => `c${category}`),
    ),
  );
  const draw = (_: number, feature: number) =>
    Array.from({ length: rowsPerHour }, () => Math.floor(random() * (2 + (feature % 3))));
  return { bins, hours: hoursOfCounts(bins, hours, draw) };
}

export function profileOf(bins: readonly FeatureBins[], hours: readonly HourOfCounts[]): Profile {
  return { bins, counts: mergeCounts(hours.map(({ counts }) => counts)) };
}
