import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findQuality, missingRise } from "../../../src/core/drift/quality.ts";
import { hideSensitive, hideSensitiveQuality } from "../../../src/core/drift/sensitive.ts";
import { onlyCells } from "../profile/arbitraries.ts";
import { damage, finding, mix, numbers, profileOf, type Side, withMissing } from "./sides.ts";

function found(side: Side, rise = 0.05) {
  const { profile, window } = profileOf([side]);
  return findQuality(profile, window, { missingRise: rise, segment: "" });
}

const kinds = (side: Side, rise?: number) => found(side, rise).map(({ kind, severity }) => `${severity}: ${kind}`);
const values = Array.from({ length: 1_000 }, (_, i) => i % 10);
const still = numbers("x", values, values, [3, 6]);
const empty = onlyCells(new Float64Array(still.window.cells.length));
/** So many of the thousand window rows have no value, so many one of the wrong type. */
const damaged = (missing: number, invalid: number) =>
  withMissing(numbers("x", values, values.slice(missing + invalid), [3, 6]), { window: { missing, invalid } });

describe("findQuality", () => {
  test.each<[string, Side, readonly string[]]>([
    ["nothing changed", still, []],
    ["every value missing", withMissing(still, { window: { ...empty, missing: 1_000 } }), ["critical: vanished"]],
    ["every value invalid", withMissing(still, { window: { ...empty, invalid: 1_000 } }), ["critical: invalid"]],
    ["missing rose by exactly five points", damaged(50, 0), []],
    ["missing rose by more", damaged(51, 0), ["critical: missing rose"]],
    ["a few of the wrong type", damaged(0, 3), ["notice: invalid"]],
    ["many of the wrong type", damaged(0, 80), ["critical: invalid"]],
    ["both", damaged(100, 100), ["critical: missing rose", "critical: invalid"]],
    ["a constant", numbers("x", values, Array(50).fill(5), [3, 6]), ["notice: constant"]],
    ["a constant as it was before", numbers("x", Array(50).fill(5), Array(50).fill(5), [5]), []],
    ["out of range", numbers("x", values, [...values, 10], [3, 6]), ["notice: out of range"]],
    ["infinities", withMissing(still, { window: { positiveInfinity: 1, negativeInfinity: 2 } }), ["notice: infinite"]],
    [
      "numbers where the baseline has infinities alone",
      withMissing(numbers("x", [], values, []), {
        baseline: { ...onlyCells(Float64Array.of(50)), positiveInfinity: 30, negativeInfinity: 20 },
      }),
      ["notice: infinite"],
    ],
    [
      "values where the baseline has none",
      withMissing(still, { baseline: { ...empty, missing: 1_000 } }),
      ["notice: appeared"],
    ],
    [
      "whole numbers that doubles round",
      numbers("x", [2 ** 53], [2 ** 53 + 2], []),
      ["notice: imprecise", "notice: out of range"],
    ],
    ["whole numbers up to there", numbers("x", [2 ** 53], [2 ** 53], []), []],
    ["a category that took over is drift, not damage", mix("x", [50, 50, 0], [0, 0, 100]), []],
  ])("%s", (_, side, expected) => expect(kinds(side)).toEqual(expected));

  test("a rise that chance explains is no damage: six of thirty, where one in ten is missing", () => {
    const before = { missing: 100 };
    const baseline = withMissing(numbers("x", values.slice(100), values.slice(0, 24), [3, 6]), { baseline: before });
    expect(kinds(withMissing(baseline, { window: { missing: 6 } }))).toEqual([]);
    expect(kinds(withMissing(baseline, { window: { missing: 40 } }))).toEqual(["critical: missing rose"]);
  });

  test("missing values that fell, or were all there was, are no damage", () => {
    expect(kinds(withMissing(still, { baseline: { missing: 500 } }))).toEqual([]);
    const never = withMissing(numbers("x", [], [], []), { baseline: { missing: 9 }, window: { missing: 9 } });
    expect(kinds(never)).toEqual([]);
  });

  test("no rows say nothing", () => {
    expect(kinds(withMissing(still, { window: empty }))).toEqual([]);
  });

  test("says it in whole sentences, with shares of all rows", () => {
    expect(found(damaged(100, 80)).map(({ message }) => message)).toEqual([
      "x is missing in 10 % of rows, 0 % in the baseline",
      "x has values of the wrong type in 8.0 % of rows, 0 % in the baseline",
    ]);
    const odd = withMissing(numbers("x", values, [...values, 12.5], [3, 6]), { window: { positiveInfinity: 2 } });
    expect(found(odd).map(({ message }) => message)).toEqual([
      "x is infinite in 2 rows",
      "x ranges from 0 to 12.5, in the baseline from 0 to 9",
    ]);
    const one = withMissing(still, { window: { negativeInfinity: 1 } });
    expect(found(one).map(({ message }) => message)).toEqual(["x is infinite in 1 row"]);
    expect(found(numbers("x", [5, 5, 5], [6, 6, 6], [5])).map(({ message }) => message)).toEqual([
      "x is always 6, in the baseline always 5",
    ]);
    const huge = numbers("x", [2 ** 53, 2 ** 53 + 2], [2 ** 53 + 4, 2 ** 53 + 6], [2 ** 53, 2 ** 53 + 2]);
    expect(found(huge).map(({ message }) => message)).toContain(
      "x ranges from 9.007199254740996e+15 to 9.007199254740998e+15, in the baseline from 9.007199254740992e+15 to 9.007199254740994e+15",
    );
  });

  test("ids are said to be none that can be compared", () => {
    const [ids, none] = [mix("id", [500], [400]), mix("id", [0], [400])];
    expect(found(ids).map(({ kind, severity, message }) => [kind, severity, message])).toEqual([
      [
        "scattered",
        "notice",
        "id has no value that enough of the baseline's rows share, as ids do: all are counted as other, and only whether it is missing is compared",
      ],
    ]);
    expect(kinds(withMissing(none, { baseline: { missing: 500 } }))).toEqual(["notice: appeared"]);
    expect(kinds(mix("x", [500, 0], [400, 0]))).toEqual([]);
  });

  test("looks only where it is asked to", () => {
    const { profile, window } = profileOf(["a", "b"].map((name) => mix(name, [9, 0], [0, 0])));
    const gone = { ...window, rows: 9, features: window.features.map((counts) => ({ ...counts, missing: 9 })) };
    const options = { missingRise: 0.05, segment: "", only: new Set(["b"]) };
    expect(findQuality(profile, gone, options).map(({ feature }) => feature)).toEqual(["b"]);
  });

  test("critical only when the share rose by more than the policy allows", () => {
    const rows = fc.integer({ min: 1, max: 1_000 });
    const sides = fc.record({
      before: rows,
      now: rows,
      missing: fc.nat(1_000),
      rise: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(sides, ({ before, now, missing, rise }) => {
        const side = withMissing(mix("x", [before, 0], [now, 0]), { window: { missing } });
        const critical = found(side, rise).some(({ severity }) => severity === "critical");
        if (critical) expect(missing / (now + missing)).toBeGreaterThan(rise);
      }),
      { numRuns: 200 },
    );
  });
});

test("missingRise counts the missing and the invalid, of all rows; negative where they fell", () => {
  const { profile, window } = profileOf([
    withMissing(mix("up", [80, 0], [60, 0]), { baseline: { missing: 20 }, window: { missing: 20, invalid: 20 } }),
    withMissing(mix("down", [50, 0], [100, 0]), { baseline: { missing: 50 } }),
  ]);
  expect(missingRise(profile, window)).toEqual({ up: expect.closeTo(0.2, 12), down: expect.closeTo(-0.5, 12) });
});

describe("sensitive features", () => {
  test("keep their statistics and lose every value", () => {
    const told = finding({ feature: "postcode", direction: "1011AB: 3 % → 40 %" });
    const [hidden, other] = hideSensitive([told, finding({ feature: "age", direction: "up" })], ["postcode"]);
    expect(hidden).toEqual({
      ...told,
      direction: undefined,
      evidence: { ...told.evidence, labels: [], baseline: [], window: [] },
    });
    expect(other?.direction).toBe("up");
  });

  test("messages about them name no value", () => {
    const all = (["vanished", "missing rose", "invalid", "constant", "out of range", "infinite"] as const).map((kind) =>
      damage({
        feature: "income",
        kind,
        message: kind === "constant" || kind === "out of range" ? "income is 51234" : kind,
      }),
    );
    const hidden = hideSensitiveQuality([...all, damage({ feature: "age", message: "age is 51234" })], ["income"]);
    expect(
      hidden
        .filter(({ feature }) => feature === "income")
        .map(({ message }) => message)
        .join(),
    ).not.toMatch(/\d/);
    expect(hidden.at(-1)?.message).toBe("age is 51234");
    expect(hidden.map(({ kind, severity }) => [kind, severity])).toEqual(
      [...all, damage({})].map(({ kind, severity }) => [kind, severity]),
    );
  });
});
