import erfcinv from "@stdlib/math-base-special-erfcinv";
import { requireOpenProbability } from "./checks.ts";

/**
 * The z below which a standard normal variable falls with chance p: z = -√2 erfc⁻¹(2p). Accurate for tiny p.
 *
 * @param p  probability in (0, 1)
 * @returns standard deviations from the mean
 * @throws  InvalidInput when p is not in (0, 1)
 * @see     Abramowitz & Stegun, "Handbook of Mathematical Functions" (1964), 26.2.29
 */
export function normalQuantile(p: number): number {
  requireOpenProbability(p, "a probability");
  return p === 0.5 ? 0 : -Math.SQRT2 * erfcinv(2 * p);
}
