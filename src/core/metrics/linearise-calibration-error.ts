import { calibrationBin, calibrationBins, calibrationErrorOfGaps } from "./calibration-error.ts";
import type { Clusters } from "./clusters.ts";
import type { Linearised } from "./linearised.ts";

/**
 * Expected calibration error over ten bins of equal width, with the influence of each row.
 *
 * An absolute value cannot fall below 0, so noise alone makes the error positive: by sqrt(2/pi) of a bin's standard
 * deviation where the bin is well calibrated. `bias` is the sum of that over the bins within one standard deviation of it,
 * and of a falling part of it up to two.
 *
 * @param labels    1 positive, 0 negative
 * @param scores    probabilities in [0, 1]
 * @param clusters  which rows belong together
 */
export function lineariseCalibrationError(labels: Uint8Array, scores: Float64Array, clusters: Clusters): Linearised {
  const n = labels.length;
  const gaps = new Float64Array(calibrationBins);
  const bins = Uint8Array.from(scores, calibrationBin);
  const counts = new Float64Array(calibrationBins);
  for (let row = 0; row < n; row++) {
    const bin = bins[row] ?? 0;
    gaps[bin] = (gaps[bin] ?? 0) + (labels[row] ?? 0) - (scores[row] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  // A bin that is calibrated exactly must not get a sign from the rounding of its sum.
  for (const [bin, gap] of gaps.entries()) if (Math.abs(gap) < 1e-12 * (counts[bin] ?? 0)) gaps[bin] = 0;
  const value = calibrationErrorOfGaps(gaps, n);
  const influence = new Float64Array(n);
  const sums = new Float64Array(clusters.count * calibrationBins);
  for (let row = 0; row < n; row++) {
    const bin = bins[row] ?? 0;
    const gap = (labels[row] ?? 0) - (scores[row] ?? 0);
    influence[row] = Math.sign(gaps[bin] ?? 0) * gap - value;
    const cell = (clusters.index?.[row] ?? row) * calibrationBins + bin;
    sums[cell] = (sums[cell] ?? 0) + gap - (gaps[bin] ?? 0) / (counts[bin] ?? 1);
  }
  const squares = new Float64Array(calibrationBins);
  for (const [cell, sum] of sums.entries())
    squares[cell % calibrationBins] = (squares[cell % calibrationBins] ?? 0) + sum * sum;
  let bias = 0;
  for (const [bin, square] of squares.entries()) {
    const deviation = Math.sqrt(square);
    const distance = deviation === 0 ? 2 : Math.abs(gaps[bin] ?? 0) / deviation;
    bias += (Math.min(1, Math.max(0, 2 - distance)) * deviation * Math.sqrt(2 / Math.PI)) / n;
  }
  return { value, influence, scale: "loss", size: n, step: 0, bias };
}
