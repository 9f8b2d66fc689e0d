import { DriftwardError } from "../errors.ts";
import { inverseIncompleteBeta } from "./inverse-incomplete-beta.ts";

/**
 * Clopper and Pearson's exact interval of a proportion: covers at least with the confidence asked, usually more.
 *
 * @param successes   whole, 0 <= successes <= trials
 * @param trials      whole, > 0
 * @param confidence  in (0, 1)
 * @returns [lower, upper] within [0, 1]
 * @throws  InvalidInput when the counts are no proportion
 * @see     Clopper & Pearson, "The use of confidence or fiducial limits" (1934)
 */
export function clopperPearsonInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): readonly [number, number] {
  if (!(trials > 0 && successes >= 0 && successes <= trials))
    throw new DriftwardError("InvalidInput", `expected 0 <= successes <= trials > 0, got ${successes} of ${trials}`);
  const tail = (1 - confidence) / 2;
  return [
    successes === 0 ? 0 : inverseIncompleteBeta(tail, successes, trials - successes + 1),
    // The complement keeps the digits of an upper end close to 1.
    successes === trials ? 1 : 1 - inverseIncompleteBeta(tail, trials - successes, successes + 1),
  ];
}
