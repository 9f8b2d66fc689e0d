import type { CalibrationKnots } from "./isotonic-calibration.ts";

/**
 * The probability that knots give to a score: linear between them, flat outside. O(log knots).
 *
 * @param knots  at least one, scores ascending
 */
export function calibrateScore(knots: CalibrationKnots, score: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((knots[middle]?.[0] ?? 0) <= score) low = middle + 1;
    else high = middle;
  }
  const [x0, y0] = knots[Math.max(0, low - 1)] ?? [0, 0];
  const [x1, y1] = knots[Math.min(low, knots.length - 1)] ?? [x0, y0];
  if (x1 === x0 || score <= x0) return y0;
  return y0 + ((score - x0) / (x1 - x0)) * (y1 - y0);
}
