import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { worstFindings } from "../../../src/core/incident/notice.ts";
import { finding } from "../drift/sides.ts";

const drifted = (feature: string, more: object = {}) => finding({ feature, drifted: true, ...more });

describe("the findings of a mail", () => {
  test("are those that drifted, most moved first", () => {
    const list = [
      finding({ feature: "still" }),
      drifted("little", { movedAtLeast: 0.06 }),
      drifted("much", { movedAtLeast: 0.6 }),
    ];
    expect(worstFindings(list).map(({ feature }) => feature)).toEqual(["much", "little"]);
  });

  test("one a feature: the test that exceeds its limit by most", () => {
    const list = [
      drifted("x", { test: "psi", statistic: 0.3, limit: 0.1 }),
      drifted("x", { test: "ks", statistic: 0.5, limit: 0.1 }),
      drifted("x", { test: "chi_square", statistic: 20, limit: 15 }),
    ];
    expect(worstFindings(list).map(({ test: made }) => made)).toEqual(["ks"]);
  });

  test("four at most, none twice, and none that did not drift", () => {
    const some = fc.array(
      fc.record({
        feature: fc.constantFrom("a", "b", "c", "d", "e", "f"),
        drifted: fc.boolean(),
        movedAtLeast: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(some, (list) => {
        const worst = worstFindings(list.map(finding));
        const names = worst.map(({ feature }) => feature);
        expect(names.length).toBe(
          Math.min(4, new Set(list.filter((one) => one.drifted).map(({ feature }) => feature)).size),
        );
        expect(new Set(names).size).toBe(names.length);
        expect(worst.every((one) => one.drifted)).toBe(true);
        expect(worst.map(({ movedAtLeast }) => movedAtLeast)).toEqual(
          worst.map(({ movedAtLeast }) => movedAtLeast).toSorted((one, other) => other - one),
        );
      }),
    );
  });
});
