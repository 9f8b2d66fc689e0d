import {
  binaryFeatures,
  categoricalFeatures,
  heavyFeatures,
  mixedFeatures,
  type SimulatedFeature,
} from "./features.ts";
import type { Setting } from "./trial.ts";
import type { Dependence } from "./worlds.ts";

const independent: Dependence = { kind: "independent" };
const autoregressive: Dependence = { kind: "autoregressive", correlation: 0.9 };
const daily: Dependence = { kind: "daily", strength: 0.5 };
const entities: Dependence = { kind: "entities", rowsEach: 10, correlation: 0.9 };

function setting(
  name: string,
  features: readonly SimulatedFeature[],
  dependence: Dependence,
  rowsPerWindow: number,
): Setting {
  const spanHours = 24;
  const rowsPerHour = Math.max(1, Math.round(rowsPerWindow / spanHours));
  return { name: `${name}, n = ${rowsPerWindow}`, features, dependence, rowsPerHour, baselineDays: 30, spanHours };
}

const mixed = mixedFeatures(20);

/** Null settings of the table at 5 % per check; `weight` scales the number of baselines. */
export const checkSettings: readonly { readonly setting: Setting; readonly weight: number }[] = [
  ...[200, 1_000, 5_000, 20_000, 100_000].map((rows) => ({
    setting: setting("independent", mixed, independent, rows),
    weight: rows >= 20_000 ? 0.5 : 1,
  })),
  { setting: setting("independent, 200 features", mixedFeatures(200), independent, 1_000), weight: 0.75 },
  ...[200, 1_000, 5_000].map((rows) => ({ setting: setting("AR(1) 0.9", mixed, autoregressive, rows), weight: 1 })),
  { setting: setting("AR(1) 0.9, binary", binaryFeatures(20), autoregressive, 1_000), weight: 1 },
  { setting: setting("AR(1) 0.9, 3 to 50 categories", categoricalFeatures(20), autoregressive, 1_000), weight: 3 },
  { setting: setting("daily cycle", mixed, daily, 1_000), weight: 1 },
  { setting: setting("300 entities × 10 rows", mixed, entities, 3_000), weight: 1 },
  { setting: setting("300 entities × 10 rows, binary", binaryFeatures(20), entities, 3_000), weight: 1 },
  { setting: setting("binary", binaryFeatures(20), independent, 1_000), weight: 1 },
  { setting: setting("3 to 50 categories", categoricalFeatures(20), independent, 1_000), weight: 1 },
  { setting: setting("heavy tails", heavyFeatures(20), independent, 1_000), weight: 1 },
];

/** Null settings of the table at 1 per 30 days, hourly. */
export const hourlySettings: readonly { readonly setting: Setting; readonly weight: number }[] = [
  { setting: setting("independent", mixed, independent, 200), weight: 1 },
  { setting: setting("independent", mixed, independent, 1_000), weight: 1 },
  { setting: setting("independent", mixed, independent, 20_000), weight: 0.5 },
  { setting: setting("independent, 200 features", mixedFeatures(200), independent, 1_000), weight: 1 },
  { setting: setting("AR(1) 0.9", mixed, autoregressive, 200), weight: 1.5 },
  { setting: setting("AR(1) 0.9", mixed, autoregressive, 1_000), weight: 1.5 },
  { setting: setting("AR(1) 0.9", mixed, autoregressive, 5_000), weight: 1.5 },
  { setting: setting("AR(1) 0.9, binary", binaryFeatures(20), autoregressive, 1_000), weight: 1.5 },
  { setting: setting("AR(1) 0.9, 3 to 50 categories", categoricalFeatures(20), autoregressive, 1_000), weight: 1.5 },
  { setting: setting("daily cycle", mixed, daily, 1_000), weight: 0.5 },
  { setting: setting("300 entities × 10 rows", mixed, entities, 3_000), weight: 2 },
  { setting: setting("300 entities × 10 rows, binary", binaryFeatures(20), entities, 3_000), weight: 1.5 },
  { setting: setting("3 to 50 categories", categoricalFeatures(20), independent, 1_000), weight: 3 },
  { setting: setting("heavy tails", heavyFeatures(20), independent, 1_000), weight: 0.5 },
];
