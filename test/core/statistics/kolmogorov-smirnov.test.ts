import { describe, test } from "@jest/globals";
import { kolmogorovSmirnov } from "../../../src/core/statistics/kolmogorov-smirnov.ts";
import { ksAsymptoticP } from "../../../src/core/statistics/ks-asymptotic-p.ts";
import { ksExactLimit, ksExactP } from "../../../src/core/statistics/ks-exact-p.ts";
import { ksPValue } from "../../../src/core/statistics/ks-p-value.ts";
import { pooledTieSizes } from "../../../src/core/statistics/pooled-tie-sizes.ts";
import { decode, expectWithin, readSample, readVectors } from "./vectors.ts";

type Encoded = Parameters<typeof decode>[0];
interface TwoSampleCase {
  readonly id: string;
  readonly kind: string;
  readonly x: Parameters<typeof readSample>[0];
  readonly y: Parameters<typeof readSample>[0];
  readonly ks: {
    readonly statistic: number;
    readonly p_exact?: Encoded;
    readonly p_exact_ties?: Encoded;
    readonly p_asymp_scipy?: Encoded;
  };
}

describe.each(readVectors<TwoSampleCase>("two_sample").cases)("$id $kind agrees with scipy", ({ x, y, ks }) => {
  const [baseline, window] = [readSample(x), readSample(y)];
  const [n, m] = [baseline.length, window.length];
  const d = kolmogorovSmirnov(baseline, window).statistic;
  test("D", () => expectWithin(d, ks.statistic, 0, 1e-12));
  const [exact, tied, asymptotic] = [decode(ks.p_exact), decode(ks.p_exact_ties), decode(ks.p_asymp_scipy)];
  if (asymptotic !== undefined)
    test("large-sample p", () => expectWithin(ksAsymptoticP(d, n, m), asymptotic, 1e-6, 1e-12));
  if (exact !== undefined && n * m <= ksExactLimit)
    test("exact p of distinct values", () => expectWithin(ksExactP(d, n, m), exact, 1e-7, 0));
  if (tied !== undefined)
    test("exact p given the ties", () =>
      expectWithin(ksPValue(d, n, m, pooledTieSizes(baseline, window)), tied, 1e-7, 0));
});
