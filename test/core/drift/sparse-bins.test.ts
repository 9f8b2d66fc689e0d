import { describe, expect, test } from "@jest/globals";
import { type BinSpread, binLaw, binLimit } from "../../../src/core/drift/bin-spread.ts";
import { withSparseBins } from "../../../src/core/drift/sparse-bins.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";

/** Covariances of rows of which so many come together, whatever their bin. */
function spreadOf(shares: readonly number[], together: number): BinSpread {
  const covariances = shares.flatMap((p, i) =>
    shares.slice(0, i + 1).map((q, j) => together * (i === j ? p * (1 - p) : -p * q)),
  );
  return { shares, covariances, degrees: 1e9, moderation: 1, lent: 1 };
}

const even = (bins: number) => Array.from({ length: bins }, () => 1 / bins);
const each = (bins: number) => Array.from({ length: bins }, (_, i) => i);

function limits(together: number, rows: { readonly n: number; readonly m: number }, bins = 20) {
  const spread = spreadOf(even(bins), together);
  const law = binLaw(spread, each(bins));
  if (law === undefined) throw new Error("expected a law");
  const limitOf = (alpha: number) => binLimit(withSparseBins(law, spread, each(bins), rows), alpha);
  return { normal: binLimit(law, 0.001), sparse: limitOf(0.001), limitOf };
}

describe("chi-square over sparse bins", () => {
  test("has the limit of normal counts where bins are full, and a larger one the fewer clumps they hold", () => {
    const full = limits(5, { n: 3e7, m: 1e6 });
    expect(full.sparse / full.normal).toBeCloseTo(1, 2);
    const [some, few] = [limits(5, { n: 60_000, m: 2_000 }), limits(5, { n: 30_000, m: 1_000 })];
    expect(some.sparse).toBeGreaterThan(1.02 * some.normal);
    expect(few.sparse).toBeGreaterThan(some.sparse);
    expect(few.sparse).toBeLessThan(1.5 * few.normal);
  });

  test("a window as large as the baseline is less skewed", () => {
    const [one, other] = [limits(5, { n: 30_000, m: 1_000 }), limits(5, { n: 1_000, m: 1_000 })];
    expect(other.sparse).toBeLessThan(one.sparse);
    expect(other.sparse).toBeGreaterThan(other.normal);
  });

  test("bins that hold nothing, or all, change nothing", () => {
    const spread = spreadOf([0.5, 0.5, 0], 3);
    const law = binLaw(spread, [0, 1, 2]);
    if (law === undefined) throw new Error("expected a law");
    const rows = { n: 1e6, m: 1_000 };
    const [withEmpty, without] = [withSparseBins(law, spread, [0, 1, 2], rows), binLaw(spread, [0, 1, 1])];
    expect(without && withEmpty.mixture.second - law.mixture.second).toBeCloseTo(
      without ? withSparseBins(without, spread, [0, 1, 1], rows).mixture.second - without.mixture.second : Number.NaN,
      6,
    );
  });

  test("keeps its level for clumps of uneven sizes, where that of normal counts is exceeded more often", () => {
    // A compound multinomial: clumps fall in a bin, and have geometric sizes of 3 on average, five rows come together.
    const random = seededRandom(9);
    const [bins, clumps, alpha] = [20, 200, 0.01];
    const size = () => 1 + Math.floor(Math.log(1 - random()) / Math.log(2 / 3));
    const together = 5;
    let [plain, heeded, windows] = [0, 0, 0];
    for (let i = 0; i < 6_000; i += 1) {
      const counts = new Float64Array(bins);
      for (let clump = 0; clump < clumps; clump += 1) {
        const bin = Math.floor(random() * bins);
        counts[bin] = (counts[bin] ?? 0) + size();
      }
      const rows = counts.reduce((sum, count) => sum + count, 0);
      const statistic = counts.reduce((sum, count) => sum + (count - rows / bins) ** 2, 0) / (rows / bins);
      const { normal, limitOf } = known(together, Math.round(rows / 25) * 25, alpha);
      if (statistic >= normal) plain += 1;
      if (statistic >= limitOf) heeded += 1;
      windows += 1;
    }
    expect(plain / windows).toBeGreaterThan(1.3 * alpha);
    expect(heeded / windows).toBeLessThan(1.3 * alpha);
    expect(heeded / windows).toBeGreaterThan(0.5 * alpha);
  });
});

const remembered = new Map<number, { readonly normal: number; readonly limitOf: number }>();

/** Limits of windows of so many rows against a baseline that is as good as certain. */
function known(together: number, rows: number, alpha: number) {
  const found = remembered.get(rows);
  if (found !== undefined) return found;
  const spread = spreadOf(even(20), together);
  const law = binLaw(spread, each(20));
  if (law === undefined) throw new Error("expected a law");
  const sparse = withSparseBins(law, spread, each(20), { n: 1e9, m: rows });
  const limits = { normal: binLimit(law, alpha), limitOf: binLimit(sparse, alpha) };
  remembered.set(rows, limits);
  return limits;
}
