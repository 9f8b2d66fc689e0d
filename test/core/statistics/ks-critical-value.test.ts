import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ksAsymptoticP } from "../../../src/core/statistics/ks-asymptotic-p.ts";
import { ksCriticalValue } from "../../../src/core/statistics/ks-critical-value.ts";
import { expectInvalid } from "./arbitraries.ts";
import { expectWithin } from "./vectors.ts";

test.each([
  // scipy.stats.kstwo.isf(alpha, round(nm / (n + m))), itself off by 6e-7 in places.
  [0.05, 20, 20, 0.40924608477750496],
  [0.01, 200, 300, 0.14697368423820936],
  [0.001, 1000, 10000, 0.06445482372237532],
  [1e-6, 5000, 5000, 0.05378610729646262],
  [0.05, 50000, 50000, 0.008582673706045521],
  [1e-9, 100000, 300000, 0.011946501016719603],
  [0.5, 400, 400, 0.057704935305234586],
  [0.02, 12.5, 900.25, 0.4191778772697168],
])("alpha %p at %p and %p rows is scipy's", (alpha, n, m, expected) =>
  expectWithin(ksCriticalValue(alpha, n, m), expected, 1e-6),
);

test("is the smallest distance whose p is at most alpha", () =>
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
      fc.double({ min: 2, max: 1e5, noNaN: true }),
      fc.double({ min: 2, max: 1e5, noNaN: true }),
      (alpha, n, m) => {
        const limit = ksCriticalValue(alpha, n, m);
        expect(ksAsymptoticP(limit, n, m)).toBeLessThanOrEqual(alpha);
        expect(ksAsymptoticP(limit * (1 - 1e-9), n, m)).toBeGreaterThan(alpha * (1 - 1e-6));
      },
    ),
    { numRuns: 60 },
  ));

test("falls with more rows and with a larger alpha", () => {
  expect(ksCriticalValue(0.01, 1000, 1000)).toBeLessThan(ksCriticalValue(0.01, 500, 500));
  expect(ksCriticalValue(0.05, 1000, 1000)).toBeLessThan(ksCriticalValue(0.01, 1000, 1000));
});

test("refuses an alpha or sizes that are none", () => {
  expectInvalid(() => ksCriticalValue(0, 10, 10), "got 0");
  expectInvalid(() => ksCriticalValue(1, 10, 10), "got 1");
  expectInvalid(() => ksCriticalValue(0.05, -1, 10), "got -1");
});
