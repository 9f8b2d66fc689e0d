import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { benjaminiHochberg } from "../../../src/core/statistics/benjamini-hochberg.ts";
import { benjaminiYekutieli } from "../../../src/core/statistics/benjamini-yekutieli.ts";
import { bonferroni } from "../../../src/core/statistics/bonferroni.ts";
import { holm } from "../../../src/core/statistics/holm.ts";
import { expectInvalid, permute } from "./arbitraries.ts";
import { expectWithin, readVectors } from "./vectors.ts";

const levels = ["0.01", "0.05", "0.2"] as const;

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly p: readonly number[];
  readonly expected: Record<
    `${"bonferroni" | "holm" | "bh" | "by"}_${"adj" | `reject_${(typeof levels)[number]}`}`,
    readonly number[]
  >;
}

const corrections = { bonferroni, holm, benjaminiHochberg, benjaminiYekutieli };

describe.each(readVectors<Case>("multiple_testing").cases)("$id $kind agrees with statsmodels", ({ p, expected }) => {
  test.each([
    ["bonferroni", "bonferroni"],
    ["holm", "holm"],
    ["benjaminiHochberg", "bh"],
    ["benjaminiYekutieli", "by"],
  ] as const)("%s", (name, key) => {
    const adjusted = corrections[name](p);
    expect(adjusted).toHaveLength(p.length);
    for (const [i, value] of expected[`${key}_adj`].entries()) expectWithin(adjusted[i], value, 1e-12, 1e-15);
    // A p that is as large as the level is rejected: no rounding may lift it above.
    for (const level of levels)
      expect(adjusted.flatMap((value, i) => (value <= Number(level) ? [i] : []))).toEqual(
        expected[`${key}_reject_${level}`],
      );
  });
});

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe.each(Object.entries(corrections))("%s", (_, correct) => {
  test("never lowers a p, nor lifts it above 1, and keeps their order", () =>
    fc.assert(
      fc.property(pValues, (p) => {
        const adjusted = correct(p);
        const order = p.map((_value, i) => i).sort((a, b) => (p[a] ?? 0) - (p[b] ?? 0));
        let before = 0;
        for (const i of order) {
          expect(adjusted[i]).toBeGreaterThanOrEqual((p[i] ?? 0) * (1 - 1e-12));
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          expect(adjusted[i]).toBeGreaterThanOrEqual(before);
          before = adjusted[i] ?? Number.NaN;
        }
      }),
    ));

  test("does not depend on the order of the tests", () =>
    fc.assert(
      fc.property(pValues, (p) => {
        const reversed = p.map((_value, i) => p.length - 1 - i);
        expect(correct(permute(p, reversed))).toEqual(permute(correct(p), reversed));
      }),
    ));

  test("leaves one p as it is, and none as none", () => {
    expect(correct([0.03])).toEqual([0.03]);
    expect(correct([])).toEqual([]);
  });

  test("refuses what is no p", () => {
    expectInvalid(() => correct([0.5, Number.NaN]), "got NaN");
    expectInvalid(() => correct([1.5]), "got 1.5");
  });
});

test("Holm's p lies between the raw and Bonferroni's", () =>
  fc.assert(
    fc.property(pValues, (p) => {
      const [bound, adjusted] = [bonferroni(p), holm(p)];
      for (const [i, value] of adjusted.entries()) expect(value).toBeLessThanOrEqual((bound[i] ?? 0) + 1e-15);
    }),
  ));
