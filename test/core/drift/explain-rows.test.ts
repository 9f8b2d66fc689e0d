import { describe, expect, test } from "@jest/globals";
import { type Explanation, explainRows } from "../../../src/core/drift/explain-rows.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { binLabels } from "../../../src/core/profile/bin-counts.ts";
import type { FeatureBins } from "../../../src/core/profile/bins.ts";
import { categoryCoder, numberCoder } from "../../../src/core/profile/code-value.ts";

type Row = Readonly<Record<string, number | string>> & { readonly time?: number };

const deciles = (name: string): FeatureBins => ({
  kind: "numeric",
  name,
  edges: Float64Array.from({ length: 99 }, (_, i) => i + 1),
  binEdges: [9, 19, 29, 39, 49, 59, 69, 79, 89],
});
const named = (name: string, categories: readonly string[]): FeatureBins => ({ kind: "categorical", name, categories });
const features = [
  deciles("income"),
  deciles("age"),
  named("country", ["DE", "FR", "NL", "BE"]),
  named("plan", ["basic", "pro"]),
];

function codeRows(rows: readonly Row[]) {
  const codes = features.map((bins) => {
    const code = bins.kind === "numeric" ? numberCoder(bins) : categoryCoder(bins);
    return Uint16Array.from(rows, (row) => (code as (value: unknown) => number)(row[bins.name]));
  });
  const times = rows.every((row) => row.time !== undefined)
    ? { times: Float64Array.from(rows, (row) => row.time ?? 0) }
    : {};
  return { rows: rows.length, codes, ...times };
}

function explain(baseline: readonly Row[], live: readonly Row[], drifted: readonly string[]): Explanation | undefined {
  return explainRows({ bins: features, baseline: codeRows(baseline), live: codeRows(live), drifted });
}

function draw(rows: number, seed: number, make: (random: () => number, i: number) => Row): readonly Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, (_, i) => make(random, i));
}

const ordinary = (random: () => number): Row => ({
  income: random() * 100,
  age: random() * 100,
  country: ["DE", "FR", "NL", "BE"][Math.floor(random() * 4)] ?? "",
  plan: random() < 0.7 ? "basic" : "pro",
});
const words = (found: Explanation | undefined) => found?.conditions.map(({ feature, is }) => `${feature} ${is}`);

describe("a change inside a group", () => {
  const baseline = draw(6_000, 1, ordinary);

  test("names the group whose rows changed", () => {
    const live = draw(6_000, 2, (random) => {
      const row = ordinary(random);
      return row.country === "NL" ? { ...row, income: 60 + random() * 40 } : row;
    });
    const found = explain(baseline, live, ["income"]);
    expect(words(found)).toEqual(["country = NL"]);
    expect(found?.explained).toBeGreaterThan(0.7);
    expect(found?.shareNow).toBeCloseTo(0.25, 1);
  });

  test("names two conditions where one is too wide", () => {
    const live = draw(6_000, 3, (random) => {
      const row = ordinary(random);
      return row.country === "NL" && row.plan === "pro" ? { ...row, income: 90 + random() * 10 } : row;
    });
    expect(words(explain(baseline, live, ["income"]))?.sort()).toEqual(["country = NL", "plan = pro"]);
  });

  test("names a range of numbers", () => {
    const live = draw(6_000, 4, (random) => {
      const row = ordinary(random);
      return Number(row.age) > 80 ? { ...row, income: random() * 20, plan: "pro" } : row;
    });
    expect(words(explain(baseline, live, ["income", "plan"]))).toEqual(["age > 80"]);
  });
});

test("a changed mix: many more rows from one country, who are different", () => {
  const make = (share: number) => (random: () => number) => {
    const row = ordinary(random);
    return random() < share ? { ...row, country: "NL", income: 70 + random() * 30, age: random() * 30 } : row;
  };
  const found = explain(draw(5_000, 5, make(0.05)), draw(5_000, 6, make(0.4)), ["income", "age", "country"]);
  expect(words(found)).toEqual(["country = NL"]);
  expect(found?.features).toEqual(["income", "age"]);
  expect(found?.shareNow).toBeGreaterThan(found?.shareBefore ?? 1);
});

test("two things at once: the feature that has an explanation of its own", () => {
  const live = draw(6_000, 21, (random) => {
    const row = ordinary(random);
    const plan = random() < 0.6 ? "pro" : "basic";
    return row.country === "NL" ? { ...row, income: 60 + random() * 40, plan } : { ...row, plan };
  });
  const found = explain(draw(6_000, 20, ordinary), live, ["plan", "income"]);
  expect(words(found)).toEqual(["country = NL"]);
  expect(found).toMatchObject({ features: ["income"], whole: false });
});

test("a cut through a shift of a twin is no group of rows", () => {
  const make = (shift: number) => (random: () => number) => {
    const row = ordinary(random);
    const income = Math.min(99, Math.max(0, random() * 80 + shift));
    return { ...row, income, age: Math.min(99, Math.max(0, income + random() * 4)) };
  };
  for (let seed = 0; seed < 10; seed += 1)
    expect(
      explain(draw(2_000, 30 + seed, make(0)), draw(2_000, 60 + seed, make(20)), ["income", "age"]),
    ).toBeUndefined();
});

describe("says nothing", () => {
  test("when all rows changed alike", () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const live = draw(1_500, 100 + seed, (random) => {
        const row = ordinary(random);
        return { ...row, income: Number(row.income) ** 1.1 / 100 ** 0.1 };
      });
      expect(explain(draw(1_500, 200 + seed, ordinary), live, ["income"])).toBeUndefined();
    }
  });

  test("when nothing changed, whatever is called drifted", () => {
    for (let seed = 0; seed < 20; seed += 1)
      expect(explain(draw(800, 300 + seed, ordinary), draw(800, 400 + seed, ordinary), ["income", "plan"])).toBe(
        undefined,
      );
  });

  test("when a side has no rows, or no feature drifted", () => {
    expect(explain([], draw(100, 7, ordinary), ["income"])).toBeUndefined();
    expect(explain(draw(100, 8, ordinary), [], ["income"])).toBeUndefined();
    expect(explain(draw(100, 8, ordinary), draw(100, 9, ordinary), [])).toBeUndefined();
  });
});

describe("since when", () => {
  const monday = Date.UTC(2026, 2, 2);
  const over = (days: number, changes: number) => (random: () => number, i: number) => {
    const time = monday + (i / 7_000) * days * 86_400_000;
    const row = ordinary(random);
    return { ...row, ...(time >= changes ? { income: 50 + random() * 50 } : {}), time };
  };

  test("the day on which a shift begins", () => {
    const live = draw(7_000, 11, over(7, monday + 2 * 86_400_000));
    expect(explain(draw(4_000, 10, ordinary), live, ["income"])?.since).toEqual({
      at: Date.UTC(2026, 2, 4),
      unit: "day",
    });
  });

  test("the hour, in a short window", () => {
    const live = draw(7_000, 12, over(1, monday + 15 * 3_600_000));
    expect(explain(draw(4_000, 10, ordinary), live, ["income"])?.since).toEqual({
      at: Date.UTC(2026, 2, 2, 15),
      unit: "hour",
    });
  });

  test("nothing when it was there from the beginning", () => {
    const live = draw(7_000, 13, over(7, monday));
    expect(explain(draw(4_000, 10, ordinary), live, ["income"])).toBeUndefined();
  });
});

test("codes are the places of binLabels", () => {
  for (const bins of features) expect(binLabels(bins).length).toBeGreaterThan(3);
  const code = numberCoder(deciles("x") as Extract<FeatureBins, { kind: "numeric" }>);
  expect([-1, 10, 10.5, 90, 91, Number.POSITIVE_INFINITY, Number.NaN, undefined].map(code)).toEqual([
    0, 0, 1, 8, 9, 9, 10, 10,
  ]);
  const few = numberCoder({ kind: "numeric", name: "x", edges: Float64Array.of(1, 2, 5), binEdges: [0, 1, 2] });
  expect([0, 1, 2, 3, 5, 6, undefined].map(few)).toEqual([3, 0, 1, 3, 2, 3, 4]);
});
