import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mergeSparseBins } from "../../../src/core/statistics/merge-sparse-bins.ts";
import { populationStabilityIndex } from "../../../src/core/statistics/population-stability-index.ts";
import { psiFromCounts } from "../../../src/core/statistics/psi-from-counts.ts";
import { psiLimit } from "../../../src/core/statistics/psi-limit.ts";
import { psiPValue } from "../../../src/core/statistics/psi-p-value.ts";
import { countPairs, expectInvalid } from "./arbitraries.ts";
import { drawCounts } from "./draw.ts";
import { expectWithin, mulberry32 } from "./vectors.ts";

describe("populationStabilityIndex", () => {
  test("agrees with the hand computation", () => {
    // (0.25-0.5) ln(0.25/0.5) + (0.75-0.5) ln(0.75/0.5)
    expect(populationStabilityIndex([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.274653072167027, 12);
    expect(populationStabilityIndex([1], [1])).toBe(0);
  });

  test("refuses what are no shares", () => {
    expectInvalid(() => populationStabilityIndex([1], [0.5, 0.5]), "got 1 for the baseline and 2 for the window");
    expectInvalid(() => populationStabilityIndex([], []), "at least one");
    expectInvalid(() => populationStabilityIndex([0, 1], [0.5, 0.5]), "bin 0 of the baseline, got 0");
    expectInvalid(() => populationStabilityIndex([0.5, 0.5], [0.5, Number.NaN]), "bin 1 of the window, got NaN");
    expectInvalid(() => populationStabilityIndex([0.5, 0.5], [0.5, 0.4]), "sum to 1, got 0.9");
  });
});

test("counts get half a row in each bin", () => {
  // Shares 1.5/3, 1.5/3 against 0.5/3, 2.5/3.
  expect(psiFromCounts([1, 1], [0, 2])).toBeCloseTo((-1 / 3) * Math.log(1 / 3) + (1 / 3) * Math.log(5 / 3), 12);
});

describe("p and limit", () => {
  test("undo one another", () =>
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 0.9, noNaN: true }),
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (alpha, bins, n, m) => {
          expectWithin(psiPValue(psiLimit(alpha, bins, n, m) ?? 0, bins, n, m), alpha, 1e-8);
          expect(psiLimit(alpha, bins, n, m)).toBe(psiLimit(alpha, bins, m, n));
        },
      ),
    ));

  test("one bin cannot drift", () => {
    expect(psiPValue(0, 1, 10, 10)).toBe(1);
    expect(psiLimit(0.05, 1, 10, 10)).toBeUndefined();
  });

  test("refuse nonsense", () => {
    expectInvalid(() => psiPValue(-0.1, 3, 10, 10), "got -0.1");
    expectInvalid(() => psiPValue(0.1, 0, 10, 10), "got 0");
    expectInvalid(() => psiPValue(0.1, 3, 0, 10), "got 0");
    expectInvalid(() => psiLimit(1, 3, 10, 10), "got 1");
    expectInvalid(() => psiLimit(0.05, 2.5, 10, 10), "got 2.5");
    expectInvalid(() => psiLimit(0.05, 3, 10, Number.NaN), "got NaN");
  });

  test.each([
    [2, 200, 10_000],
    [10, 200, 10_000],
    [10, 1_000, 1_000],
    [50, 200, 10_000],
    [50, 10_000, 10_000],
  ])("%p bins alarm in about 5 %% of %p-row windows without drift", (bins, m, n) => {
    const next = mulberry32(bins * 7 + m);
    const shares = Array.from({ length: bins }, (_, i) => 1 / (i + 1));
    const runs = 1_500;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const merged = mergeSparseBins(drawCounts(n, shares, next), drawCounts(m, shares, next));
      const psi = psiFromCounts(merged.baselineCounts, merged.windowCounts);
      if (psiPValue(psi, merged.baselineCounts.length, n, m) <= 0.05) alarms += 1;
    }
    // Binomial: 5 % ± 3 standard errors is 3.3 % to 6.7 %.
    expect(alarms / runs).toBeGreaterThan(0.025);
    expect(alarms / runs).toBeLessThan(0.072);
  });
});

describe("mergeSparseBins", () => {
  test("joins the emptiest bin with its emptier neighbour", () => {
    expect(mergeSparseBins([50, 2, 3, 50], [50, 2, 4, 50])).toEqual({
      baselineCounts: [50, 5, 50],
      windowCounts: [50, 6, 50],
      groups: [0, 1, 1, 2],
    });
    // 10 rows on each side: five expected are half of the pooled rows.
    expect(mergeSparseBins([5, 5], [5, 5]).groups).toEqual([0, 1]);
    expect(mergeSparseBins([6, 4], [5, 5]).groups).toEqual([0, 0]);
  });

  test("leaves full bins, keeps all rows, and expects enough in each bin or has one", () =>
    fc.assert(
      fc.property(countPairs, fc.double({ min: 0.5, max: 50, noNaN: true }), ([b, w], minimum) => {
        const merged = mergeSparseBins(b, w, minimum);
        const sum = (counts: readonly number[]) => counts.reduce((total, value) => total + value, 0);
        expect(sum(merged.baselineCounts)).toBe(sum(b));
        expect(sum(merged.windowCounts)).toBe(sum(w));
        for (const [i, value] of merged.baselineCounts.entries())
          expect(sum(b.filter((_, bin) => merged.groups[bin] === i))).toBe(value);
        const [n, m] = [sum(b), sum(w)];
        if (merged.baselineCounts.length > 1)
          for (const [i, value] of merged.baselineCounts.entries())
            expect(((value + (merged.windowCounts[i] ?? 0)) * Math.min(n, m)) / (n + m)).toBeGreaterThan(
              minimum * 0.999999,
            );
        expect(merged.groups).toEqual([...merged.groups].sort((x, y) => x - y));
      }),
    ));

  test("refuses a minimum that is none", () => {
    expectInvalid(() => mergeSparseBins([1], [1], 0), "got 0");
  });
});
