import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { compare, compareForVerdict, correctTogether, undecided, withExact } from "../../../src/core/drift/compare.ts";
import type { Finding } from "../../../src/core/drift/finding.ts";
import type { CategoricalBins, FeatureCounts } from "../../../src/core/profile/bins.ts";
import { fitCategoricalBins } from "../../../src/core/profile/fit-categorical-bins.ts";
import { onlyCells } from "../profile/arbitraries.ts";
import { drawCounts } from "../statistics/draw.ts";
import { mulberry32, readVectors } from "../statistics/vectors.ts";
import { finding, mix, numbers, profileOf, type Side, withMissing } from "./sides.ts";

const tests = { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] } as const;
const usual = { tests, alphaPerTest: 0.005, floor: 0.05, segment: "" };

function compared(sides: readonly Side[], more: Partial<Parameters<typeof compare>[2]> = {}): readonly Finding[] {
  const { profile, window } = profileOf(sides);
  return compare(profile, window, { ...usual, ...more });
}

function one(side: Side, test: Finding["test"], more: Partial<Parameters<typeof compare>[2]> = {}): Finding {
  const found = compared([side], more).find((finding) => finding.test === test);
  if (found === undefined) throw new Error(`no finding of ${test}`);
  return found;
}

interface Binned {
  readonly id: string;
  readonly type: string;
  readonly expected: {
    readonly driftward?: { base_counts: number[]; cur_counts: number[]; psi: number; dof: number; p_value: number };
  };
}
interface Table {
  readonly id: string;
  readonly base_counts: Readonly<Record<string, number>>;
  readonly cur_counts: Readonly<Record<string, number>>;
  readonly expected: { readonly all_categories: { chi2: number; dof: number; p: number; min_expected: number } };
}
interface TwoSample {
  readonly id: string;
  readonly x: readonly unknown[];
  readonly y: readonly unknown[];
  readonly ks: { readonly statistic: number };
}

const enoughInEach = (before: readonly number[], now: readonly number[]) => {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [n, m] = [sum(before), sum(now)];
  return before.every((count, i) => ((count + (now[i] ?? 0)) * Math.min(n, m)) / (n + m) >= 5);
};

test.each([
  ["half of a small window has a new name for the rarer of two values", [500_000, 500_000, 0], [51, 0, 49]],
  ["numbers of rows that no limit of so large a baseline would let speak", [990_000, 10_000, 0], [900, 10, 90]],
])("a renamed value is drift: %s", (_, baseline, window) => {
  const found = compared([mix("x", baseline, window)]);
  expect(found.map(({ test, drifted }) => [test, drifted])).toEqual([
    ["psi", true],
    ["chi_square", true],
  ]);
  expect(found[0]?.direction).toContain("values not seen in the baseline: 0 % → ");
});

/** Rows of v0, v1 … drawn with these weights. */
function draw(weights: readonly number[], rows: number, next: () => number): ReadonlyMap<string, number> {
  const counts = drawCounts(rows, weights, next).map((count, i): [string, number] => [`v${i}`, count]);
  return new Map(counts.filter(([, count]) => count > 0));
}

function tallied({ categories }: CategoricalBins, rowsOf: ReadonlyMap<string, number>): FeatureCounts {
  const known = categories.map((value) => rowsOf.get(value) ?? 0);
  const all = [...rowsOf.values()].reduce((sum, rows) => sum + rows, 0);
  return onlyCells(Float64Array.of(...known, all - known.reduce((sum, rows) => sum + rows, 0)));
}

test.each([
  ["a long tail, of which every thousand rows have new values", Array.from({ length: 1_000 }, (_, i) => 1 / (i + 1))],
  ["hundreds of values, of which each sample has other lucky ones", Array.from({ length: 500 }, () => 1)],
  ["ids", Array.from({ length: 30_000 }, () => 1)],
])("two samples of one population do not differ: %s", (_, weights) => {
  const next = mulberry32(weights.length);
  const alarms = Array.from({ length: 12 }, () => {
    const [before, now] = [draw(weights, 5_000, next), draw(weights, 500, next)];
    const bins = fitCategoricalBins("x", before, 4_096);
    return compared([{ bins, baseline: tallied(bins, before), window: tallied(bins, now) }]);
  }).filter((found) => found.some(({ drifted }) => drifted));
  expect(alarms).toHaveLength(0);
});

describe("agrees with scipy", () => {
  const binned = readVectors<Binned>("binned_numeric").cases.filter(({ expected }) => {
    const counts = expected.driftward;
    return counts !== undefined && counts.base_counts.length > 1 && enoughInEach(counts.base_counts, counts.cur_counts);
  });
  test.each(binned.map((one) => [one.id, one] as const))("psi and its p, %s", (_, { expected }) => {
    if (expected.driftward === undefined) throw new Error("filtered above");
    const { base_counts, cur_counts, psi, p_value, dof } = expected.driftward;
    // The missing bin at the end of a profile is empty on both sides here, and merges into its neighbour.
    const side = mix("x", base_counts, cur_counts);
    const found = one(side, "psi");
    expect(found.statistic).toBeCloseTo(psi, 10);
    expect(found.pValue).toBeCloseTo(p_value, 8);
    expect(found.evidence.baseline.slice(0, -1)).toEqual(base_counts);
    expect(dof).toBe(base_counts.length - 1);
  });

  const tables = readVectors<Table>("categorical").cases.filter(({ expected, base_counts, cur_counts }) => {
    const names = [...new Set([...Object.keys(base_counts), ...Object.keys(cur_counts)])];
    const counts = (of: Readonly<Record<string, number>>) => names.map((name) => of[name] ?? 0);
    return expected.all_categories.dof >= 1 && enoughInEach(counts(base_counts), counts(cur_counts));
  });
  test.each(tables.map((one) => [one.id, one] as const))("chi-square and its p, %s", (_, table) => {
    const names = [...new Set([...Object.keys(table.base_counts), ...Object.keys(table.cur_counts)])];
    const counts = (of: Readonly<Record<string, number>>) => names.map((name) => of[name] ?? 0);
    const found = one(mix("x", counts(table.base_counts), counts(table.cur_counts)), "chi_square");
    expect(found.statistic / Math.max(1, table.expected.all_categories.chi2)).toBeCloseTo(
      table.expected.all_categories.chi2 / Math.max(1, table.expected.all_categories.chi2),
      9,
    );
    expect(found.pValue).toBeCloseTo(table.expected.all_categories.p, 9);
  });
  test("with enough cases of both", () => expect([binned.length > 8, tables.length > 5]).toEqual([true, true]));

  const samples = readVectors<TwoSample>("two_sample").cases.filter(
    ({ x, y }) => Array.isArray(x) && Array.isArray(y) && [...x, ...y].every((value) => typeof value === "number"),
  );
  test.each(samples.map((one) => [one.id, one] as const))("ks, %s", (_, { x, y, ks }) => {
    const [before, now] = [x as number[], y as number[]];
    const found = one(numbers("x", before, now, []), "ks");
    expect(found.lower).toBeLessThanOrEqual(ks.statistic + 1e-12);
    expect(found.upper).toBeGreaterThanOrEqual(ks.statistic - 1e-12);
    const exact = one(numbers("x", [...before], now, now), "ks");
    expect(exact.lower).toBeCloseTo(ks.statistic, 12);
    expect(exact.upper).toBeCloseTo(ks.statistic, 12);
  });
  test("with enough samples", () => expect(samples.length).toBeGreaterThan(15));
});

describe("limits", () => {
  const four = mix("x", [250, 250, 250, 250], [125, 125, 125, 125]);

  test.each([
    // scipy.stats.chi2.isf(alpha, 3)
    [0.05, 7.814727903251178],
    [0.005, 12.838156466598647],
    [0.0001, 21.107513466],
  ])("of chi-square at α %d", (alphaPerTest, quantile) => {
    expect(one(four, "chi_square", { alphaPerTest }).limit).toBeCloseTo(quantile, 8);
    expect(one(four, "psi", { alphaPerTest }).limit).toBeCloseTo(quantile * (1 / 1_000 + 1 / 500), 10);
  });

  test("of ks, as scipy.stats.kstwo has it for many rows", () => {
    const values = Array.from({ length: 2_000 }, (_, i) => i);
    // scipy.special.kolmogi(0.005) / sqrt(1000); the finite-n limit is a little below.
    const limit = one(numbers("x", values, values, [1_000]), "ks").limit ?? 0;
    expect(limit).toBeLessThan(1.7308183826022852 / Math.sqrt(1_000));
    expect(limit).toBeGreaterThan(1.7308183826022852 / Math.sqrt(1_000) - 0.001);
  });

  test("are reached exactly when p is at most α", () => {
    const counts = fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (before, now, alphaPerTest) => {
        for (const found of compared([mix("x", before, now)], { alphaPerTest })) {
          if (Math.abs((found.pValue ?? 1) - alphaPerTest) < 1e-9) continue;
          expect(found.statistic >= (found.limit ?? 0)).toBe((found.pValue ?? 1) <= alphaPerTest);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("one bin has none: nothing can drift in it", () => {
    const found = one(mix("x", [500, 0], [100, 0]), "psi");
    expect(found).toMatchObject({ limit: undefined, drifted: false, statistic: 0, pValue: 1 });
  });
});

describe("the floor", () => {
  // A tenth of a million rows moved: clear beyond doubt, and how much it is worth is for the floor to say.
  const moved = mix("x", [500_000, 500_000, 0], [550_000, 450_000, 0]);

  test.each([
    [0, true],
    [0.04, true],
    [0.049, true],
    [0.051, false],
  ])("%d: drifted is %p", (floor, drifted) => {
    expect(compared([moved], { floor }).map((one) => one.drifted)).toEqual([drifted, drifted]);
  });

  test("it asks how much has moved, not a second time whether anything has", () => {
    const few = one(mix("x", [500, 500, 0], [118, 82, 0]), "psi", { alphaPerTest: 0.05 });
    expect(few.movedAtLeast).toBeLessThan(0.05);
    expect(few.movedEstimate).toBeGreaterThan(0.05);
    expect(few.drifted).toBe(true);
  });

  test("what chance alone may have moved is not told as a direction", () => {
    const chance = one(mix("x", [500, 500, 0], [57, 43, 0]), "psi", { floor: 0.01 });
    expect(chance.movedEstimate).toBeGreaterThan(0.01);
    expect(chance.direction).toBeUndefined();
  });

  test("a sentence about where is there just when the floor moved", () => {
    expect(one(moved, "psi", { floor: 0.04 }).direction).toMatch(/^a:? 50 % → 55 %, b:? 50 % → 45 %$/);
    expect(one(moved, "psi", { floor: 0.06 }).direction).toBeUndefined();
  });

  test("the lower end lies below what was seen, and above it only with nothing moved", () => {
    const counts = fc.array(fc.nat(200), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(counts, counts, (before, now) => {
        const some = (list: readonly number[]) => list.some((count) => count > 0);
        fc.pre(some(before) && some(now));
        for (const { moved: seen, movedAtLeast } of compared([mix("x", before, now)])) {
          expect(movedAtLeast).toBeLessThanOrEqual(seen + 1e-9);
          expect(movedAtLeast).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("what is compared", () => {
  test("a feature drifted by all its tests or by none of them where both are clear", () => {
    const findings = compared([mix("still", [500, 500, 0], [250, 250, 0]), mix("gone", [900, 100, 0], [100, 400, 0])]);
    expect(findings.map(({ feature, test: made, drifted }) => [feature, made, drifted])).toEqual([
      ["still", "psi", false],
      ["still", "chi_square", false],
      ["gone", "psi", true],
      ["gone", "chi_square", true],
    ]);
  });

  test("missing values are a bin of psi and of no other numeric test", () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 40);
    const side = withMissing(numbers("x", values, values, [10, 20, 30]), { window: { missing: 300 } });
    expect(one(side, "psi")).toMatchObject({
      drifted: true,
      n: 400,
      m: 700,
      direction: expect.stringMatching(/missing:? 0 % → 43 %$/),
    });
    expect(one(side, "ks")).toMatchObject({ statistic: 0, drifted: false, m: 400 });
  });

  test("a side without any value gives no finding; missing ones are values to psi alone", () => {
    const values = [1, 2, 3, 4];
    const gone = { window: { ...onlyCells(new Float64Array(9)), missing: 5 } };
    const side = numbers("x", values, values, [2]);
    expect(compared([withMissing(side, gone)]).map(({ test: made }) => made)).toEqual(["psi"]);
    const broken = { window: { ...onlyCells(new Float64Array(9)), invalid: 5 } };
    expect(compared([withMissing(side, broken)])).toEqual([]);
  });

  test("only the features asked for; the observed ones say so", () => {
    const sides = ["a", "b", "c"].map((name) => mix(name, [50, 50, 0], [50, 50, 0]));
    const findings = compared(sides, { only: new Set(["a", "c"]), observed: new Set(["c"]) });
    expect(findings.map(({ feature, observed }) => [feature, observed])).toEqual([
      ["a", undefined],
      ["a", undefined],
      ["c", true],
      ["c", true],
    ]);
  });

  test("counts of other bins are refused", () => {
    const { profile } = profileOf([mix("x", [1, 1], [1, 1])]);
    const other = { rows: 3, features: [onlyCells(Float64Array.of(1, 1, 1))] };
    expect(() => compare(profile, other, usual)).toThrow("expected 2 cells");
  });
});

describe("bounds", () => {
  const bounded = (lower: number, upper: number) => finding({ test: "ks", lower, upper, statistic: lower, limit: 0.1 });

  test.each([
    ["below the limit", 0.02, 0.09, false],
    ["up to the limit", 0.02, 0.1, true],
    ["around it", 0.05, 0.2, true],
    ["from the limit on", 0.1, 0.2, false],
    ["above it", 0.15, 0.2, false],
  ])("%s", (_, lower, upper, open) => expect(undecided(bounded(lower, upper))).toBe(open));

  test("an exact distance takes their place, and judges", () => {
    const open = bounded(0.05, 0.2);
    expect(withExact(open, 0.0999, 0.05)).toMatchObject({ lower: 0.0999, upper: 0.0999, drifted: false });
    expect(withExact(open, 0.1, 0.05)).toMatchObject({ statistic: 0.1, drifted: true });
    expect(withExact(open, 0.1, 0.2)).toMatchObject({ drifted: false });
    // scipy.stats.ks_2samp of 1,000 and 500 rows, method "asymp": kstwo.sf(0.1, 333)
    expect(withExact(open, 0.1, 0.05).pValue).toBeCloseTo(0.0024, 3);
  });

  test("settled by bounds or by the exact distance, the verdict is the same", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: 0, max: 150 }), (before, now, shift) => {
        const live = now.map((value) => value + shift + 0.5);
        const found = one(
          numbers(
            "x",
            before.map((value) => value - (value % 20)),
            live,
            [100, 200],
          ),
          "ks",
        );
        const cuts = [...before.map((value) => value - (value % 20)), ...live];
        const share = (values: readonly number[], cut: number) => values.filter((v) => v <= cut).length / values.length;
        const rounded = before.map((value) => value - (value % 20));
        const exact = Math.max(...cuts.map((cut) => Math.abs(share(rounded, cut) - share(live, cut))));
        expect(found.lower).toBeLessThanOrEqual(exact + 1e-12);
        expect(found.upper).toBeGreaterThanOrEqual(exact - 1e-12);
        if (!undecided(found)) expect(withExact(found, exact, 0.05).drifted).toBe(found.drifted);
      }),
      { numRuns: 100 },
    );
  });
});

describe("for the verdict alone", () => {
  const counts = (bins: number) => fc.array(fc.nat(200), { minLength: bins, maxLength: bins });
  const values = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 5, maxLength: 120 });
  const options = fc.record({
    alphaPerTest: fc.constantFrom(0.0001, 0.01, 0.2),
    floor: fc.constantFrom(0, 0.05, 0.3),
    designEffects: fc.constantFrom({}, { x: 3, c: 1.7 }),
    observed: fc.constantFrom(new Set<string>(), new Set(["c"])),
    provisional: fc.boolean(),
  });

  test("it is the same to the bit, without what only people read", () => {
    fc.assert(
      fc.property(values, values, counts(4), counts(4), options, (before, now, mixed, mixedNow, more) => {
        const { profile, window } = profileOf([numbers("x", before, now, [20, 40]), mix("c", mixed, mixedNow)]);
        const found = compare(profile, window, { ...usual, ...more });
        const judged = compareForVerdict(profile, window, { ...usual, ...more });
        expect(judged).toHaveLength(found.length);
        for (const [i, { moved, movedAtLeast, direction, evidence, movedEstimate, ...rest }] of found.entries()) {
          const told = judged[i]?.movedEstimate;
          expect(judged[i]).toEqual({
            ...rest,
            pValue: undefined,
            ...(told === undefined ? {} : { movedEstimate }),
          });
          if (rest.drifted || undecided(rest)) expect(told).toBe(movedEstimate);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("an exact distance judges it as it judges a finding", () => {
    const values = Array.from({ length: 60 }, (_, i) => i);
    const live = values.map((value) => value + 40.5);
    const { profile, window } = profileOf([numbers("x", values, live, [20])]);
    const [found, judged] = [compare, compareForVerdict].map((make) =>
      make(profile, window, usual).find((one) => one.test === "ks"),
    );
    if (found === undefined || judged === undefined) throw new Error("expected a test of both");
    const [exact, alone] = [withExact(found, 0.9, 0.05), withExact(judged, 0.9, 0.05)];
    expect(alone).toMatchObject({ statistic: 0.9, lower: 0.9, upper: 0.9, drifted: true, pValue: undefined });
    expect(exact).toMatchObject({ drifted: true, pValue: expect.any(Number) });
    expect(correctTogether([alone])).toEqual([alone]);
  });
});

describe("correction", () => {
  test("is Holm's over all tests that can alarm", () => {
    const [p, holm] = [
      [0.01, 0.02, 0.03, 0.04, 0.05],
      [0.05, 0.08, 0.09, 0.09, 0.09],
    ];
    const findings = p.map((pValue, i) => finding({ feature: `f${i}`, pValue }));
    const seen = finding({ feature: "seen", pValue: 1e-9, observed: true });
    const none = finding({ feature: "none", pValue: undefined });
    const corrected = correctTogether([...findings.slice(0, 2), seen, none, ...findings.slice(2)]);
    const at = (name: string) => corrected.find(({ feature }) => feature === name)?.pCorrected;
    for (const [i, value] of holm.entries()) expect(at(`f${i}`)).toBeCloseTo(value, 12);
    expect([at("seen"), at("none")]).toEqual([undefined, undefined]);
    expect(corrected.map(({ feature }) => feature)).toEqual(["f0", "f1", "seen", "none", "f2", "f3", "f4"]);
  });

  test("of nothing is nothing", () => expect(correctTogether([])).toEqual([]));
});

describe("dependent rows", () => {
  const before = Array.from({ length: 4_000 }, (_, i) => (i * 37) % 1_000);
  const now = Array.from({ length: 1_000 }, (_, i) => 100 + ((i * 53) % 1_000));
  const side = numbers("x", before, now, [100, 300, 500, 700, 900]);
  const alone = one(side, "ks");
  const four = one(side, "ks", { designEffects: { x: 4 } });

  test("count as fewer: limit, p and what surely moved follow, D stays", () => {
    expect(four.statistic).toBe(alone.statistic);
    expect(four.effective).toEqual({ n: 1_000, m: 250 });
    expect([four.n, four.m]).toEqual([4_000, 1_000]);
    expect(four.limit).toBeCloseTo(2 * (alone.limit ?? 0), 2);
    expect(four.pValue ?? 0).toBeGreaterThan(alone.pValue ?? 1);
    expect(four.movedAtLeast).toBeLessThan(alone.movedAtLeast);
    expect(four.evidence).toEqual(alone.evidence);
    expect(withExact(four, four.statistic, 0.05).pValue).toBeCloseTo(four.pValue ?? 0, 9);
  });

  test("chi-square is divided by the effect, as Rao and Scott do", () => {
    const table = mix("c", [4_000, 3_000, 3_000], [500, 300, 200]);
    const plain = one(table, "chi_square");
    expect(one(table, "chi_square", { designEffects: { c: 5 } }).statistic).toBeCloseTo(plain.statistic / 5, 9);
  });

  test("an effect below 1, or of another feature, changes nothing", () => {
    expect(one(side, "psi", { designEffects: { x: 0.5, constructor: 9 } })).toEqual(one(side, "psi"));
    expect(one(numbers("constructor", before, now, [500]), "ks", { designEffects: {} })).not.toHaveProperty(
      "effective",
    );
  });

  test("limits that are provisional say so", () => {
    expect(one(side, "ks", { provisional: true }).provisional).toBe(true);
    expect(alone).not.toHaveProperty("provisional");
  });
});
