import { studentQuantile } from "../../src/core/metrics/student-quantile.ts";
import { chiSquareQuantile } from "../../src/core/statistics/chi-square-quantile.ts";

export function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

/**
 * Upper end of the 95 % interval of a share of windows: the larger of the interval of independent windows (Wilson) and
 * of that of baselines (Student), because the windows of one baseline share it.
 */
export function upperOfShare(counts: readonly number[], windowsEach: number): number {
  const windows = counts.length * windowsEach;
  const p = counts.reduce((sum, count) => sum + count, 0) / windows;
  const z2 = 1.96 ** 2;
  const wilson =
    (p + z2 / (2 * windows) + Math.sqrt((p * (1 - p) * z2) / windows + z2 ** 2 / (4 * windows ** 2))) /
    (1 + z2 / windows);
  return Math.max(wilson, upperOfMean(counts.map((count) => count / windowsEach)));
}

/** The same for a mean number of incidents: the larger of Poisson's interval and of that of baselines. */
export function upperOfRate(incidents: readonly number[]): number {
  const total = incidents.reduce((sum, count) => sum + count, 0);
  const poisson = chiSquareQuantile(0.025, 2 * (total + 1)) / 2 / incidents.length;
  return Math.max(poisson, upperOfMean(incidents));
}

function upperOfMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return mean + studentQuantile(0.95, values.length - 1) * Math.sqrt(variance / values.length);
}
