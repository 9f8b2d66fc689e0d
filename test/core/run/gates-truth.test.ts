import { expect, test } from "@jest/globals";
import { sharePromoted, tryCandidate } from "../../../bench/gates/simulate.ts";

const noWorse = "difference.roc_auc.lower >= -0.01";

test("candidates that are worse than a gate allows are promoted no oftener than its interval permits", () => {
  // 2.5 % of 120 and three standard errors of that.
  const most = 0.025 + 3 * Math.sqrt((0.025 * 0.975) / 120);
  expect(sharePromoted([noWorse], { rows: 400, difference: -0.01 }, 120)).toBeLessThanOrEqual(most);
  expect(sharePromoted([noWorse], { rows: 400, difference: -0.05 }, 25)).toBe(0);
  expect(sharePromoted([noWorse], { rows: 400, difference: 0.08 }, 25)).toBeGreaterThan(0.9);
});

test("what a gate tells of an equal candidate is what such candidates meet", () => {
  const seen = sharePromoted([noWorse], { rows: 1_000, difference: 0 }, 60);
  const told = Array.from({ length: 10 }, (_, i) => {
    const { gates } = tryCandidate([noWorse], { rows: 1_000, difference: 0.01 }, 77 + i);
    return gates[0]?.chances?.equal ?? 0;
  });
  expect(told.reduce((sum, one) => sum + one, 0) / told.length).toBeCloseTo(seen, 0.7);
});
