import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { describeDirection } from "../../../src/core/drift/direction.ts";
import type { Finding, QualityFinding } from "../../../src/core/drift/finding.ts";
import { fitToLeave, segmentToLeave } from "../../../src/core/drift/fit-to-leave.ts";
import type { PerformanceFinding } from "../../../src/core/drift/rule-facts.ts";
import { isTellable, tellableBins } from "../../../src/core/drift/small-cells.ts";
import { binCounts, binLabels } from "../../../src/core/profile/bin-counts.ts";
import { total } from "../../../src/core/total.ts";
import { finding, mix, numbers, type Side } from "./sides.ts";

function findingOf({ bins, baseline, window }: Side, more: Partial<Finding> = {}): Finding {
  const evidence = {
    kind: bins.kind,
    labels: binLabels(bins),
    baseline: [...binCounts(bins, baseline)],
    window: [...binCounts(bins, window)],
  };
  return finding({
    feature: bins.name,
    drifted: true,
    direction: describeDirection(bins, baseline, window),
    evidence,
    n: total(baseline.cells),
    m: total(window.cells),
    ...more,
  });
}

function shown(one: Finding, sensitive: readonly string[] = []): Finding {
  const [fitted] = fitToLeave({ rows: one.m, findings: [one], quality: [], performance: [] }, sensitive).findings;
  if (fitted === undefined) throw new Error("no finding");
  return fitted;
}

describe("cells of fewer than ten rows", () => {
  test("leave nothing as it was where every cell is large enough", () => {
    const one = findingOf(mix("weather", [400, 300, 300], [100, 500, 400]));
    expect(shown(one)).toBe(one);
  });

  test("are not named, and their number follows from nothing that is told", () => {
    const one = findingOf(mix("weather", [100, 60, 30, 0], [60, 90, 4, 15]));
    const { direction, evidence } = shown(one);
    expect(direction).toBe("b: 32 % → 53 %, a: 53 % → 36 %, a change in fewer than 10 rows not shown");
    expect(evidence).toEqual({
      kind: "categorical",
      labels: ["a", "b", "missing", "values of fewer than 10 rows, and others"],
      baseline: [100, 60, 0, 30],
      window: [60, 90, 0, 19],
    });
  });

  test("of two values neither is told: one would give away the other", () => {
    const { direction, evidence } = shown(findingOf(mix("flag", [50, 50, 0], [92, 8, 0])));
    expect(direction).toBe("2 changes in fewer than 10 rows not shown");
    expect(evidence.labels).toEqual(["other", "missing", "values of fewer than 10 rows, and others"]);
  });

  test("of numbers are put together with their neighbours", () => {
    const before = Array.from({ length: 100 }, (_, i) => i);
    const now = Array.from({ length: 50 }, (_, i) => i + 55);
    const { evidence, direction } = shown(findingOf(numbers("income", before, now, [9, 29, 59, 89])));
    expect(evidence).toMatchObject({
      labels: ["<= 9", "(9, 29]", "(29, 89]", "> 89", "missing"],
      baseline: [10, 20, 60, 10, 0],
      window: [0, 0, 35, 15, 0],
    });
    expect(direction).toMatch(/^median \S+ → \S+, middle half /);
  });

  test("fewer than 40 rows have no quartiles to tell", () => {
    const values = Array.from({ length: 39 }, (_, i) => i);
    const one = findingOf(
      numbers(
        "income",
        values,
        values.map((value) => value + 15),
        [9, 19, 29],
      ),
    );
    expect(one.direction).toContain("median");
    expect(shown(one).direction).not.toContain("median");
    expect(shown(one).direction).toContain("fewer than 10 rows");
  });

  test("a window of nine rows tells of no value at all", () => {
    const one = shown(findingOf(mix("city", [500, 500, 0], [9, 0, 0])));
    expect(one).toMatchObject({
      direction: "not shown: fewer than 10 rows",
      evidence: { labels: [], baseline: [], window: [] },
    });
  });

  const counts = fc.array(fc.oneof(fc.nat(12), fc.nat(200)), { minLength: 3, maxLength: 9 });

  test("of any categories: no rare one is named, every cell is empty or large, none is lost", () => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [baseline, window] = [one, one.map((_, i) => other[i] ?? 0)];
        if (total(baseline) === 0 || total(window) === 0) return;
        const side = mix("f", baseline, window);
        const names = binLabels(side.bins).slice(0, -2);
        const secret = names.map((_, i) => `value${i}secret`);
        const bins = { ...side.bins, categories: secret } as Side["bins"];
        const { direction = "", evidence } = shown(findingOf({ ...side, bins }));
        const told = `${direction} ${evidence.labels.join(" ")}`;
        for (const [i, name] of secret.entries())
          if (!isTellable(baseline[i] ?? 0) || !isTellable(window[i] ?? 0)) expect(told).not.toContain(name);
        for (const cell of [...evidence.baseline, ...evidence.window]) expect(isTellable(cell)).toBe(true);
        if (evidence.labels.length > 0) expect(total(evidence.window)).toBe(total(window));
      }),
      { numRuns: 500 },
    );
  });

  test("of any numbers: every range is empty or large, in order, none is lost", () => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [baseline, window] = [one, one.map((_, i) => other[i] ?? 0)];
        const labels = one.map((_, i) => (i === 0 ? "<= 0" : i < one.length - 2 ? `(${i - 1}, ${i}]` : `> ${i - 1}`));
        labels[labels.length - 1] = "missing";
        const groups = tellableBins({ kind: "numeric", labels, baseline, window });
        if (groups === undefined) {
          // All rows of a side together are too few.
          expect([total(baseline), total(window)].every(isTellable)).toBe(false);
          return;
        }
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(labels.map((_, i) => i));
        for (const group of groups)
          for (const side of [baseline, window])
            expect(isTellable(group.reduce((sum, bin) => sum + (side[bin] ?? 0), 0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is odd about the input", () => {
  const odd = (kind: QualityFinding["kind"], message: string, rows: number, sensitive: readonly string[] = []) =>
    fitToLeave(
      {
        rows,
        findings: [],
        quality: [{ feature: "income", segment: "", kind, severity: "notice", message }],
        performance: [],
      },
      sensitive,
    ).quality[0]?.message;

  test.each<[QualityFinding["kind"], string, number, string]>([
    [
      "out of range",
      "income ranges from 1 to 99, in the baseline from 2 to 98",
      1e6,
      "income lies outside of the baseline's range",
    ],
    ["constant", "income is 7 in every row", 9, "income is the same in every row"],
    ["constant", "income is 7 in every row", 10, "income is 7 in every row"],
    ["infinite", "income is infinite in 3 rows", 1e6, "income is infinite in fewer than 10 rows"],
    ["infinite", "income is infinite in 10 rows", 1e6, "income is infinite in 10 rows"],
    [
      "missing rose",
      "income is missing in 9.0 % of rows, 0 % in the baseline",
      100,
      "income is missing in fewer than 10 rows, in a larger share than in the baseline",
    ],
    [
      "missing rose",
      "income is missing in 10 % of rows, 0 % in the baseline",
      100,
      "income is missing in 10 % of rows, 0 % in the baseline",
    ],
    [
      "invalid",
      "income has values of the wrong type in 2.0 % of rows, 0 % in the baseline",
      200,
      "income has values of the wrong type in fewer than 10 rows",
    ],
  ])("%s: %s of %d rows", (kind, message, rows, told) => expect(odd(kind, message, rows)).toBe(told));
});

test("segments of few rows and of sensitive columns lose their value", () => {
  expect(segmentToLeave("", 3, ["country"])).toBe("");
  expect(segmentToLeave("country=NL", 10, [])).toBe("country=NL");
  expect(segmentToLeave("country=NL", 9, [])).toBe("country=(fewer than 10 rows)");
  expect(segmentToLeave("country=NL", 1_000, ["country"])).toBe("country=(not shown)");
});

test("a metric of few rows is not told", () => {
  const estimate = (n: number) => ({ value: 0.5, lower: 0.1, upper: 0.9, n });
  const measured = (now: number, promised: number): PerformanceFinding => ({
    metric: "roc_auc",
    now: estimate(now),
    promised: estimate(promised),
  });
  const fitted = fitToLeave(
    { rows: 100, findings: [], quality: [], performance: [measured(9, 100), measured(10, 9)] },
    [],
  ).performance;
  expect(fitted).toEqual([
    { metric: "roc_auc", now: { reason: "fewer than 10 rows" }, promised: estimate(100) },
    { metric: "roc_auc", now: estimate(10), promised: undefined },
  ]);
});
