import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mergeSparseBins } from "../../../src/core/statistics/merge-sparse-bins.ts";
import { populationStabilityIndex } from "../../../src/core/statistics/population-stability-index.ts";
import { psiFromCounts } from "../../../src/core/statistics/psi-from-counts.ts";
import { psiLimit } from "../../../src/core/statistics/psi-limit.ts";
import { psiPValue } from "../../../src/core/statistics/psi-p-value.ts";
import { totalVariation } from "../../../src/core/statistics/total-variation.ts";
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

const orders = fc.constantFrom("ordered" as const, "nominal" as const);

/** Chernoff's bound on the chance that of the rows of a bin so few lie on the side that has fewer than its part. */
function chanceAtMost(before: number, now: number, n: number, m: number): number {
  const rows = before + now;
  const [b, w] = [(rows * n) / (n + m), (rows * m) / (n + m)];
  return (before === 0 ? 1 : (b / before) ** before) * (now === 0 ? 1 : (w / now) ** now);
}

interface Group {
  readonly b: number;
  readonly w: number;
  readonly members: readonly number[];
}

/** Merges as the rule is told: lists of groups, each join a new group. */
function mergePlainly(baseline: readonly number[], window: readonly number[], order: "ordered" | "nominal") {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const [n, m] = [sum(baseline), sum(window)];
  const open: Group[] = baseline.map((b, i) => ({ b, w: window[i] ?? 0, members: [i] }));
  const hash = ({ members }: Group) => Math.imul((members[0] ?? 0) + 1, 2_654_435_761) >>> 0;
  if (order === "nominal") open.sort((one, next) => hash(one) - hash(next));
  const apart: Group[] = [];
  const size = (group: Group | undefined) => (group === undefined ? Number.POSITIVE_INFINITY : group.b + group.w);
  const emptiest = () => open.reduce((least, group, at) => (size(group) < size(open[least]) ? at : least), 0);
  const nats = (rows: number, all: number, side: number) =>
    rows === 0 ? 0 : rows * Math.log((rows * (n + m)) / (all * side));
  while (open.length > 1) {
    const at = emptiest();
    if (size(open[at]) >= ((5 * (n + m)) / Math.min(n, m)) * (1 - 1e-12)) break;
    const [sparse] = open.splice(at, 1) as [Group];
    const { b, w } = sparse;
    if (nats(b, b + w, n) + nats(w, b + w, m) >= Math.log(1e8)) {
      apart.push(sparse);
      continue;
    }
    const beside = size(open[at - 1]) <= size(open[at]) ? at - 1 : at;
    const joined = order === "nominal" ? emptiest() : beside;
    const other = open[joined] as Group;
    const members = [...other.members, ...sparse.members].sort((one, next) => one - next);
    open[joined] = { b: other.b + b, w: other.w + w, members };
  }
  const groups = [...open, ...apart].sort((one, next) => (one.members[0] ?? 0) - (next.members[0] ?? 0));
  return {
    baselineCounts: Float64Array.from(groups, ({ b }) => b),
    windowCounts: Float64Array.from(groups, ({ w }) => w),
    groups: baseline.map((_, bin) => groups.findIndex(({ members }) => members.includes(bin))),
  };
}

describe("mergeSparseBins", () => {
  test("joins the emptiest bin with its emptier neighbour", () => {
    expect(mergeSparseBins([50, 2, 3, 50], [50, 2, 4, 50])).toEqual({
      baselineCounts: Float64Array.of(50, 5, 50),
      windowCounts: Float64Array.of(50, 6, 50),
      groups: [0, 1, 1, 2],
    });
    // 10 rows on each side: five expected are half of the pooled rows.
    expect(mergeSparseBins([5, 5], [5, 5]).groups).toEqual([0, 1]);
    expect(mergeSparseBins([6, 4], [5, 5]).groups).toEqual([0, 0]);
  });

  test.each([
    ["half of the window has a name that the baseline has not", [50_000, 50_000, 0], [400, 0, 400]],
    ["a large window never has what half of a small baseline had", [50, 50, 0], [40_000, 0, 40_000]],
    ["a few hundred rows of a million", [999_998, 2, 0, 0], [700, 300, 0, 0]],
  ])("keeps what vanished and what took its place apart: %s", (_, baseline, window) => {
    const merged = mergeSparseBins(baseline, window);
    expect(totalVariation(merged.baselineCounts, merged.windowCounts)).toBeCloseTo(totalVariation(baseline, window), 9);
  });

  test("merges a few rows that chance may have put where they are", () => {
    // Two rows of a value that 10,000 had not: chance does so once in 10,000 for each row of a new value.
    expect(mergeSparseBins([5_000, 5_000, 0], [50, 48, 2]).groups).toEqual([0, 1, 1]);
    // Three are 3 ln(10,100 / 100) = 13.8 nats of the 18.4 needed; five are 23.1.
    expect(mergeSparseBins([5_000, 5_000, 0], [50, 47, 3]).groups).toEqual([0, 1, 1]);
    expect(mergeSparseBins([5_000, 5_000, 0], [50, 45, 5]).groups).toEqual([0, 1, 2]);
  });

  test("names join the next emptiest name, wherever it lies", () => {
    expect(mergeSparseBins([40, 3, 50, 4], [40, 3, 50, 4], "nominal")).toEqual({
      baselineCounts: Float64Array.of(40, 7, 50),
      windowCounts: Float64Array.of(40, 7, 50),
      groups: [0, 1, 2, 1],
    });
    // Bins in order have neighbours alone.
    expect(mergeSparseBins([40, 3, 50, 4], [40, 3, 50, 4]).groups).toEqual([0, 0, 1, 1]);
  });

  test("joins the bins around one that stays apart", () => {
    expect(mergeSparseBins([9_000, 1_000, 0, 150], [90, 10, 100, 1])).toEqual({
      baselineCounts: Float64Array.of(9_000, 1_150, 0),
      windowCounts: Float64Array.of(90, 11, 100),
      groups: [0, 1, 2, 1],
    });
  });

  test("is the same to the bit as joining groups one by one, and leaves what it is given as it was", () => {
    const sparse = fc.oneof(fc.nat(3), fc.nat(40), fc.nat(3_000), fc.constant(0));
    const pairs = fc.array(fc.tuple(sparse, sparse), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(pairs, fc.constantFrom(1, 1.7, 3), orders, (rows, effect, order) => {
        const [b, w] = [rows.map(([before]) => before / effect), rows.map(([, now]) => now / effect)];
        fc.pre(b.some((count) => count > 0) && w.some((count) => count > 0));
        const given = [Float64Array.from(b), Float64Array.from(w)] as const;
        expect(mergeSparseBins(...given, order)).toEqual(mergePlainly(b, w, order));
        expect(given).toEqual([Float64Array.from(b), Float64Array.from(w)]);
      }),
      { numRuns: 500 },
    );
  });

  test("leaves full bins, keeps all rows, and expects enough in each bin or has one", () =>
    fc.assert(
      fc.property(countPairs, fc.double({ min: 0.5, max: 50, noNaN: true }), orders, ([b, w], minimum, order) => {
        const merged = mergeSparseBins(b, w, order, minimum);
        const sum = (counts: Iterable<number>) => [...counts].reduce((total, value) => total + value, 0);
        expect(sum(merged.baselineCounts)).toBe(sum(b));
        expect(sum(merged.windowCounts)).toBe(sum(w));
        for (const [i, value] of merged.baselineCounts.entries())
          expect(sum(b.filter((_, bin) => merged.groups[bin] === i))).toBe(value);
        const [n, m] = [sum(b), sum(w)];
        const expected = (rows: number) => (rows * Math.min(n, m)) / (n + m);
        const sparse = [...merged.baselineCounts]
          .map((value, i) => ({ before: value, now: merged.windowCounts[i] ?? 0 }))
          .filter(({ before, now }) => expected(before + now) <= minimum * 0.999999);
        const byChance = sparse.filter(({ before, now }) => chanceAtMost(before, now, n, m) > 1.000001e-8);
        // One is left when all others stay apart.
        expect(byChance.length === 0 || sparse.length === merged.baselineCounts.length).toBe(true);
        expect(byChance.length).toBeLessThanOrEqual(1);
        expect([...new Set(merged.groups)]).toEqual([...merged.baselineCounts.keys()]);
      }),
    ));

  test("refuses a minimum that is none", () => {
    expectInvalid(() => mergeSparseBins([1], [1], "ordered", 0), "got 0");
  });
});
