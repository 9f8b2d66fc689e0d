import { describe, expect, test } from "@jest/globals";
import { compareTables } from "../../../src/core/drift/compare-tables.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { ksPValue } from "../../../src/core/statistics/ks-p-value.ts";
import { profile } from "../../../src/core/table/profile-table.ts";

function draw(rows: number, seed: number, shift = 0) {
  const random = seededRandom(seed);
  const value = Float64Array.from({ length: rows }, () => random() + shift);
  const kind = Array.from({ length: rows }, () => (random() < 0.6 - shift ? "a" : "b"));
  return { value, kind };
}

describe("compareTables", () => {
  const baseline = draw(2_000, 1);

  test("finds nothing where nothing changed", () => {
    const result = compareTables(baseline, draw(1_000, 2));
    expect(result).toMatchObject({ verdict: "ok", baselineRows: 2_000, liveRows: 1_000, skipped: [] });
    expect(result.findings.map(({ feature, test: made, drifted }) => [feature, made, drifted])).toEqual([
      ["value", "psi", false],
      ["value", "ks", false],
      ["kind", "psi", false],
      ["kind", "chi_square", false],
    ]);
  });

  test("finds a shift in values and in a mix, and says where it went", () => {
    const result = compareTables(baseline, draw(1_000, 2, 0.25));
    expect(result.verdict).toBe("warning");
    expect(result.findings.every(({ drifted }) => drifted)).toBe(true);
    expect(result.findings[0]?.direction).toMatch(/^median 0\.\d+ → 0\.\d+/);
  });

  test("rows and columns give the same, in any order of rows", () => {
    const live = draw(500, 3, 0.1);
    const rows = Array.from(live.value, (value, i) => ({ value, kind: live.kind[i] })).reverse();
    expect(compareTables(baseline, rows)).toEqual(compareTables(baseline, live));
  });

  test("distances are exact: more distinct values than edges do not blur them", () => {
    const [many, live] = [{ value: draw(6_000, 1).value }, { value: draw(6_000, 5, 0.003).value }];
    const [finding] = compareTables(many, live, { tests: { numeric: ["ks"], categorical: [] } }).findings;
    // The distance as its definition has it, over all values of both sides.
    const share = (values: Float64Array, at: number) => values.filter((value) => value <= at).length / values.length;
    const points = [...many.value, ...live.value].filter((_, i) => i % 7 === 0);
    const seen = Math.max(...points.map((at) => Math.abs(share(many.value, at) - share(live.value, at))));
    expect(finding?.lower).toBe(finding?.upper);
    expect(finding?.statistic).toBeGreaterThanOrEqual(seen);
    expect(finding?.statistic).toBeLessThan(seen + 14 / 6_000);
    expect(finding?.pValue).toBe(ksPValue(finding?.statistic ?? 0, 6_000, 6_000));
  });

  test("a kept profile serves as the baseline, with bounds that hold the exact distance", () => {
    const live = draw(1_000, 4, 0.2);
    const kept = compareTables(profile(baseline, { edges: 64 }), live);
    const exact = compareTables(baseline, live);
    expect(kept.verdict).toBe(exact.verdict);
    const [bounds, distance] = [kept, exact].map(({ findings }) => findings.find((finding) => finding.test === "ks"));
    if (bounds === undefined || distance === undefined) throw new Error("expected ks on both");
    expect(bounds.lower).toBeLessThanOrEqual(distance.statistic);
    expect(bounds.upper).toBeGreaterThanOrEqual(distance.statistic);
    expect(bounds.lower).toBeLessThan(bounds.upper);
    const psi = [kept, exact].map(({ findings }) => findings.find((finding) => finding.test === "psi")?.statistic);
    expect(psi[0]).toBe(psi[1]);
  });

  test("a profile's columns can be chosen from", () => {
    const result = compareTables(profile(baseline), draw(500, 2), { features: ["kind"] });
    expect([...new Set(result.findings.map(({ feature }) => feature))]).toEqual(["kind"]);
  });

  test("damage is critical: a column that vanished, values that went missing", () => {
    const gone = compareTables(baseline, { kind: baseline.kind });
    expect(gone).toMatchObject({ verdict: "critical", quality: [{ feature: "value", kind: "vanished" }] });
    const holes = compareTables(baseline, {
      ...baseline,
      kind: baseline.kind.map((kind, i) => (i % 5 ? kind : null)),
    });
    expect(holes.quality).toMatchObject([{ feature: "kind", kind: "missing rose", severity: "critical" }]);
  });

  test("too few rows are inconclusive, with the reason", () => {
    expect(compareTables(draw(29, 1), baseline)).toMatchObject({
      verdict: "inconclusive",
      reason: "the baseline has only 29 of the 30 rows needed",
      findings: [],
    });
  });

  test("says what it left out", () => {
    const at = new Array<Date>(40).fill(new Date(0));
    const result = compareTables({ a: new Float64Array(40), at }, { a: new Float64Array(40), at, b: at });
    expect(result.skipped).toEqual([{ column: "at", reason: "columns of type timestamp are not compared" }]);
  });

  test("a column that appeared is told of, unless other columns are asked for", () => {
    const [a, b] = [new Float64Array(40), new Float64Array(40)];
    const live = { a, b, timestamp: a, score_yes: a };
    expect(compareTables({ a }, live)).toMatchObject({
      verdict: "ok",
      quality: [
        {
          feature: "b",
          kind: "appeared",
          severity: "notice",
          message: "b is not in the baseline: there is nothing to compare it with",
        },
      ],
    });
    expect(compareTables({ a }, live, { features: ["a"] }).quality).toEqual([]);
  });

  test("numbers that are codes are compared as categories when asked", () => {
    const code = Array.from({ length: 100 }, (_, i) => i % 4);
    const asked = compareTables({ code }, { code }, { kinds: { code: "categorical" } });
    expect(asked.findings.map(({ test: made }) => made)).toEqual(["psi", "chi_square"]);
  });

  test.each<[string, object, string]>([
    ["alarm rate 0", { alarmRate: 0 }, "expected an alarm rate between 0 and 1, got 0"],
    ["floor 1", { floor: 1 }, "expected a floor of at least 0 and below 1, got 1"],
    ["half a row", { minRows: 0.5 }, "expected a whole number of rows above 0, got 0.5"],
    [
      "a kind that is none",
      { kinds: { value: "text" } },
      "expected numeric or categorical as the kind of value, got text",
    ],
    [
      "a test that is none",
      { tests: { numeric: ["chi2"], categorical: [] } },
      "out of psi, ks, chi_square as the tests of numeric features, got chi2",
    ],
    ["a test of numbers for names", { tests: { numeric: [], categorical: ["ks"] } }, "got ks"],
    [
      "tests of one kind alone",
      { tests: { numeric: ["ks"] } },
      "psi, chi_square as the tests of categorical features, got undefined",
    ],
    ["a name in place of a list", { features: "value" }, "expected a list of columns to compare, got string"],
    ["an unknown column", { features: ["z"] }, "expected z in the baseline, found value, kind"],
  ])("refuses %s", (_, options, message) => {
    expect(() => compareTables(baseline, baseline, options)).toThrow(message);
  });

  test("refuses what is no table on either side", () => {
    const nothing = null as unknown as typeof baseline;
    expect(() => compareTables(nothing, baseline)).toThrow("expected columns or rows for the baseline, got null");
    expect(() => compareTables(baseline, nothing)).toThrow("expected columns or rows for the live data, got null");
  });

  test("refuses sides that share no column", () => {
    expect(() => compareTables({ a: [1] }, { b: [1] })).toThrow("expected columns that both sides have");
  });
});
