import { type BinLaw, binLimit } from "../drift/bin-spread.ts";
import type { DriftTest } from "../policy/policy.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";

export interface DetectionInput {
  readonly test: DriftTest;
  readonly alphaPerTest: number;
  /** Baseline counts over the tests' bins, divided by the test's design effect. */
  readonly baseline: readonly number[];
  /** Rows of a usual window, divided by the design effect. */
  readonly windowSize: number;
  /** That design effect, and the law of sums of squares over the bins, where it was measured. */
  readonly measured?: { readonly effect: number; readonly law: BinLaw } | undefined;
}

/** Chance with which the smallest change named is seen. */
const power = 0.8;

/**
 * The smallest change that one test reports with 80 % power, as the share of rows that must move: from the lower half of
 * the bins to the upper, which is where psi, ks and chi-square see it best. First order, without the floor.
 *
 * KS: limit + z √(¼ (1/n + 1/m)). PSI and chi-square: non-centrality 4 x² / (1/n + 1/m) by Patnaik's normal
 * approximation.
 *
 * @returns share of rows; undefined when no change of less than all rows is seen so often
 */
export function detectableByTest(input: DetectionInput): number | undefined {
  const { test, alphaPerTest, baseline, windowSize, measured } = input;
  const n = baseline.reduce((sum, count) => sum + count, 0);
  const noise = 1 / n + 1 / windowSize;
  const bins = baseline.filter((count) => (count / n) * Math.min(n, windowSize) >= 5).length;
  if (!(n > 0 && windowSize > 0)) return undefined;
  const z = normalQuantile(power);
  if (test === "ks") return within(Math.sqrt((-Math.log(alphaPerTest / 2) * noise) / 2) + z * Math.sqrt(noise) * 0.5);
  if (bins < 2) return undefined;
  const { mean, half, limit } =
    measured === undefined
      ? { mean: bins - 1, half: bins - 1, limit: chiSquareQuantile(alphaPerTest, bins - 1) }
      : inEffectiveRows(measured, alphaPerTest);
  let [low, high] = [0, 4 * limit + 100];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (mean + middle - limit >= z * Math.sqrt(2 * (half + 2 * middle))) high = middle;
    else low = middle;
  }
  return within(Math.sqrt(high * noise) / 2);
}

/** Mean, half the variance and limit of a sum of squares of counts that were divided by the design effect. */
function inEffectiveRows({ effect, law }: NonNullable<DetectionInput["measured"]>, alpha: number) {
  const { first, second } = law.mixture;
  return { mean: first / effect, half: second / effect ** 2, limit: binLimit(law, alpha) / effect };
}

/**
 * The smallest change whose estimate reaches the floor with 80 % power: what the floor asks for, whatever the tests say.
 * The estimate is taken as normal around the true change, with the spread of one share of a half.
 *
 * @returns share of rows; undefined when no change of less than all rows is seen so often
 */
export function detectableAboveFloor(
  { baseline, windowSize }: Pick<DetectionInput, "baseline" | "windowSize">,
  floor: number,
): number | undefined {
  const n = baseline.reduce((sum, count) => sum + count, 0);
  if (!(n > 0 && windowSize > 0)) return undefined;
  return within(floor + normalQuantile(power) * Math.sqrt(1 / n + 1 / windowSize) * 0.5);
}

function within(share: number): number | undefined {
  return share <= 1 ? share : undefined;
}
