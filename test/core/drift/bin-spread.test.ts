import { describe, expect, test } from "@jest/globals";
import { type BinSpread, binLaw, binLimit, binPValue } from "../../../src/core/drift/bin-spread.ts";
import { compare } from "../../../src/core/drift/compare.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { chiSquareQuantile } from "../../../src/core/statistics/chi-square-quantile.ts";
import { fQuantile } from "../../../src/core/statistics/f-distribution.ts";
import { normalQuantile } from "../../../src/core/statistics/normal-quantile.ts";

const certain = { degrees: 1e9, moderation: 1, lent: 1 };

/** Covariances of independent rows with these shares, times a factor for each bin's deviations. */
function spreadOf(shares: readonly number[], factor = 1): BinSpread {
  const covariances = shares.flatMap((p, i) =>
    shares.slice(0, i + 1).map((q, j) => factor * (i === j ? p * (1 - p) : -p * q)),
  );
  return { shares, covariances, ...certain };
}

const tenth = Array.from({ length: 10 }, () => 0.1);
const each = tenth.map((_, i) => i);

describe("the law of a sum of squares over bins", () => {
  test("independent rows: chi-square with a degree less than groups, however they are joined", () => {
    const law = binLaw(spreadOf(tenth), each);
    expect(law && binLimit(law, 0.001)).toBeCloseTo(chiSquareQuantile(0.001, 9), 4);
    const joined = binLaw(spreadOf(tenth), [0, 0, 0, 1, 1, 2, 2, 2, 2, 2]);
    expect(joined && binLimit(joined, 0.001)).toBeCloseTo(chiSquareQuantile(0.001, 2), 4);
  });

  test("rows of which five count as one: five times that; more even ones than independent: no less than that", () => {
    const law = binLaw(spreadOf(tenth, 5), each);
    expect(law && binLimit(law, 0.001)).toBeCloseTo(5 * chiSquareQuantile(0.001, 9), 3);
    const even = binLaw(spreadOf(tenth, 0.2), each);
    expect(even && binLimit(even, 0.001)).toBeCloseTo(chiSquareQuantile(0.001, 9), 4);
  });

  test("two bins known from few blocks: F, the square of Student's t", () => {
    const law = binLaw({ ...spreadOf([0.3, 0.7], 4), degrees: 12 }, [0, 1]);
    expect(law && binLimit(law, 0.01)).toBeCloseTo(4 * fQuantile(0.01, 1, 12), 6);
  });

  test("the others make it larger or smaller, and surer", () => {
    const alone = binLaw({ ...spreadOf([0.3, 0.7], 4), degrees: 12 }, [0, 1]);
    const helped = binLaw({ ...spreadOf([0.3, 0.7], 4), degrees: 12, moderation: 0.5, lent: 4 }, [0, 1]);
    expect(helped && binLimit(helped, 0.01)).toBeCloseTo(2 * fQuantile(0.01, 1, 48), 6);
    expect(helped && alone && binLimit(helped, 0.01) < binLimit(alone, 0.01)).toBe(true);
  });

  test("covariances of parts of blocks: the noise of the size, which whole blocks tell, and theirs add up", () => {
    const lone = binLaw({ ...spreadOf(tenth), degrees: 360, lent: 29 / 360, ofParts: true }, each);
    // Nine even weights, known from 29 blocks and from 360 parts.
    expect(lone?.degrees).toBeCloseTo(9 / (1 / 29 + 1 / 360), 0);
    const helped = binLaw({ ...spreadOf(tenth), degrees: 360, lent: 1.1, ofParts: true }, each);
    expect(helped?.degrees).toBeGreaterThan(lone?.degrees ?? 0);
    expect(helped?.degrees).toBeLessThan(9 * 360);
  });

  test("p is at most α just where the limit is reached", () => {
    const law = binLaw({ ...spreadOf(tenth, 3), degrees: 29 }, each);
    if (law === undefined) throw new Error("expected a law");
    for (const alpha of [0.05, 0.001, 1e-9]) expect(binPValue(law, binLimit(law, alpha)) / alpha).toBeCloseTo(1, 6);
    expect(binPValue(law, 0)).toBe(1);
  });

  test("one group has none, and a bin that the baseline never saw counts as independent rows", () => {
    expect(binLaw(spreadOf(tenth), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toBeUndefined();
    const unseen = binLaw(spreadOf([0.5, 0.5, 0]), [0, 1, 2]);
    expect(unseen && binLimit(unseen, 0.001)).toBeCloseTo(chiSquareQuantile(0.001, 2), 4);
  });

  test("measured on thirty blocks it keeps its level, where weights are as uneven as an autoregression's", () => {
    const weights = [17, 9, 6.4, 4.8, 3.9];
    const random = seededRandom(11);
    const draw = () => weights.map((weight) => Math.sqrt(weight) * normalQuantile(random()));
    let [alarms, windows] = [0, 0];
    for (let run = 0; run < 400; run += 1) {
      const blocks = Array.from({ length: 29 }, draw);
      const covariances = weights.flatMap((_, i) =>
        weights.slice(0, i + 1).map((__, j) => blocks.reduce((sum, x) => sum + ((x[i] ?? 0) * (x[j] ?? 0)) / 29, 0)),
      );
      // A sixth bin that never varies makes five of them free.
      const spread = {
        shares: [1, 1, 1, 1, 1, 1],
        covariances: [...covariances, 0, 0, 0, 0, 0, 0],
        ...certain,
        degrees: 29,
      };
      const law = binLaw(spread, [0, 1, 2, 3, 4, 5]);
      const limit = law === undefined ? 0 : binLimit(law, 0.02);
      for (let i = 0; i < 50; i += 1) if (draw().reduce((sum, x) => sum + x * x, 0) >= limit) alarms += 1;
      windows += 50;
    }
    expect(alarms / windows).toBeGreaterThan(0.01);
    expect(alarms / windows).toBeLessThan(0.03);
  });
});

describe("compare", () => {
  const of = (cells: readonly number[]) => ({
    rows: cells.reduce((sum, cell) => sum + cell, 0),
    features: [{ cells: Float64Array.from(cells), missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 }],
  });
  const counts = (a: number, b: number) => ({
    rows: a + b,
    features: [{ cells: Float64Array.of(a, b, 0), missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0 }],
  });
  const bins = [{ kind: "categorical", name: "c", categories: ["a", "b"] }] as const;
  const made = (more: { spreads?: Record<string, BinSpread>; designEffects?: Record<string, number> }) =>
    compare({ bins, counts: counts(5_000, 5_000) }, counts(300, 200), {
      ...{ tests: { numeric: [], categorical: ["psi", "chi_square"] }, alphaPerTest: 0.001, floor: 0, segment: "" },
      ...more,
    });

  test("rows of which five count as one have the same limit by their spread as by their design effect", () => {
    const byEffect = made({ designEffects: { c: 5 } });
    const bySpread = made({ designEffects: { c: 5 }, spreads: { c: spreadOf([0.5, 0.5, 0, 0], 5) } });
    for (const [i, { limit, pValue, statistic, test: name }] of byEffect.entries()) {
      expect(bySpread[i]?.statistic).toBe(statistic);
      // Chi-square heeds that rows which come together are of uneven numbers.
      const ratios = [bySpread[i]?.limit, bySpread[i]?.pValue].map(
        (value, k) => (value ?? 0) / ([limit, pValue][k] ?? 0),
      );
      for (const ratio of ratios) expect(ratio).toBeCloseTo(1, name === "psi" ? 6 : 1);
    }
  });

  test("a spread that is asked of again, at other limits and over other groups, says what a fresh one says", () => {
    const kept = spreadOf([0.5, 0.3, 0.2, 0], 3);
    const ask = (spread: BinSpread, alphaPerTest: number, cells: readonly number[]) =>
      compare(
        { bins: [{ kind: "categorical", name: "c", categories: ["a", "b"] }], counts: of([5_000, 3_000, 2_000]) },
        of(cells),
        {
          ...{ tests: { numeric: [], categorical: ["psi"] }, alphaPerTest, floor: 0, segment: "" },
          spreads: { c: spread },
        },
      );
    const limits = [0.05, 0.001, 0.05].flatMap((alpha) =>
      [
        [500, 300, 200],
        [30, 18, 12],
        [480, 330, 190],
      ].map((cells) => {
        const [found, fresh] = [kept, structuredClone(kept)].map((spread) => ask(spread, alpha, cells));
        expect(found).toEqual(fresh);
        const [psi] = found ?? [];
        return (psi?.limit ?? 0) / (1 / (psi?.effective?.n ?? psi?.n ?? 0) + 1 / (psi?.effective?.m ?? psi?.m ?? 0));
      }),
    );
    // Three groups or two, at two chances of a false alarm.
    expect(new Set(limits.map((limit) => limit.toFixed(6))).size).toBe(4);
  });

  test("a spread of other bins than these is left out", () => {
    expect(made({ spreads: { c: spreadOf([0.5, 0.5], 5) } })).toEqual(made({}));
  });
});
