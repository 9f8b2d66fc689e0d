import { DriftwardError } from "../errors.ts";
import { studentQuantile } from "./student-quantile.ts";

/**
 * Wilson's score interval of a proportion.
 *
 * Sizes need not be whole: with rows that depend on each other both counts are divided by the design effect.
 *
 * @param successes   0 <= successes <= trials
 * @param trials      > 0
 * @param confidence  in (0, 1)
 * @param quantile    replaces the normal quantile, where there are only a few independent clusters
 * @returns [lower, upper] within [0, 1]
 * @throws  InvalidInput when the counts are no proportion
 * @see     Wilson, "Probable inference, the law of succession, and statistical inference" (1927)
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
  quantile = studentQuantile(confidence),
): readonly [number, number] {
  if (!(trials > 0 && successes >= 0 && successes <= trials))
    throw new DriftwardError("InvalidInput", `expected 0 <= successes <= trials > 0, got ${successes} of ${trials}`);
  const share = successes / trials;
  const z2 = quantile * quantile;
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (quantile / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  // At the ends the formula is exactly 0 and 1; rounding must not move it past the value itself.
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === trials ? 1 : Math.min(1, centre + half)];
}
