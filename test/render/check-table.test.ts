import { describe, expect, test } from "@jest/globals";
import picocolors from "picocolors";
import type { Finding } from "../../src/core/drift/finding.ts";
import { type CheckReport, checkJson } from "../../src/render/check-report.ts";
import { checkTable } from "../../src/render/check-table.ts";
import { damage, finding } from "../core/drift/sides.ts";
import { hostileNames } from "../support/hostile-names.ts";

const plain = picocolors.createColors(false);
const coloured = picocolors.createColors(true);

const income = finding({
  feature: "income",
  drifted: true,
  statistic: 0.3142,
  limit: 0.0213,
  pCorrected: 1e-9,
  moved: 0.31,
  direction: "median 41.2 → 52.4, middle half 30.1 to 55.3 → 38 to 71.5",
});
const report: CheckReport = {
  verdict: "warning",
  reason: undefined,
  window: { start: "2026-05-03T00:00:00.000Z", end: "2026-05-04T00:00:00.000Z", rows: 48_210 },
  baseline: { rows: 250_000, version: "2026-03" },
  findings: [
    finding({ feature: "age", moved: 0.02 }),
    { ...income, test: "ks", statistic: 0.18, lower: 0.17, upper: 0.19, limit: 0.011 },
    income,
    finding({ feature: "raw_score", observed: true, drifted: true, moved: 0.9, direction: "median 1 → 9" }),
  ],
  quality: [damage({ message: "plan has no value in any of 48210 rows" })],
  performance: [
    {
      metric: "roc_auc",
      now: { value: 0.8012, lower: 0.79, upper: 0.81, n: 900 },
      promised: { value: 0.85, lower: 0.84, upper: 0.86, n: 2_000 },
    },
    { metric: "log_loss", now: { reason: "expected a score for log_loss, got predictions only" }, promised: undefined },
  ],
};

describe("the table", () => {
  test("wide: every test, p, and below a row what moved where", () => {
    expect(checkTable(report, plain, 120).split("\n")).toEqual([
      "▲ warning",
      "2026-05-03 to 2026-05-04: 48,210 rows against 250,000 of the baseline of version 2026-03",
      "✗ plan has no value in any of 48210 rows",
      "   feature               baseline  live  moved  tests: value / limit                         p",
      "▲  income                █▁·       ▇▃·   31 %   ks 0.17 to 0.19 / 0.011  psi 0.314 / 0.0213  < 0.0001",
      "   median 41.2 → 52.4, middle half 30.1 to 55.3 → 38 to 71.5",
      "·  raw_score (observed)  █▁·       ▇▃·   90 %   psi 0.3 / 0.1                                0.0010",
      "   median 1 → 9",
      "·  age                   █▁·       ▇▃·   2.0 %  psi 0.3 / 0.1                                0.0010",
      "   metric    promised             now                                                  worse by",
      "▲  roc_auc   0.85 (0.84 to 0.86)  0.801 (0.79 to 0.81)                                 0.0488 (0.0355 to 0.0638)",
      "·  log_loss  not measured         expected a score for log_loss, got predictions only",
    ]);
  });

  test.each([60, 72, 80, 100, 120])("of %d columns stays within them, names cut", (columns) => {
    const long: Finding = {
      ...income,
      feature: "weather_at_the_station_of_departure_in_the_morning",
      direction: "word ".repeat(60).trim(),
    };
    const lines = checkTable(
      { ...report, findings: [...report.findings, long], performance: [], window: { rows: 9 } },
      plain,
      columns,
    ).split("\n");
    for (const line of lines) expect([columns, line.length <= columns, line]).toEqual([columns, true, line]);
    expect(lines.some((line) => line.includes("weather_"))).toBe(true);
  });

  test("narrow: the test that tells most", () => {
    const narrow = checkTable(report, plain, 80);
    expect(narrow).toContain("ks 0.17 to 0.19 / 0.011");
    expect(narrow).not.toContain("psi 0.314");
    expect(checkTable(report, plain, 60)).not.toContain("▆");
  });

  test("without colours there is no escape; with them, the same words", () => {
    const [bare, painted] = [checkTable(report, plain, 100), checkTable(report, coloured, 100)];
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(bare).not.toMatch(escapes);
    expect(painted).toMatch(escapes);
    expect(
      painted
        .replace(escapes, "")
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual(bare.split("\n"));
  });

  test("names from outside move no cursor and break no line", () => {
    const lines = checkTable(report, plain, 80).split("\n").length;
    for (const name of hostileNames) {
      const findings = report.findings.map((one) => ({
        ...one,
        feature: `${name}${one.feature}`,
        direction: undefined,
      }));
      const text = checkTable({ ...report, findings, reason: name, quality: [damage({ message: name })] }, plain, 80);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the test
      expect([name.slice(0, 30), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(text)]).toEqual([
        name.slice(0, 30),
        false,
      ]);
      expect(text.split("\n").length).toBe(lines - 2);
    }
  });

  test("all rows come first; of segments, what drifted, and how much is left out", () => {
    const of = (segment: string, more: Partial<Finding>) => finding({ segment, ...more });
    const findings = [
      of("country=NL", { feature: "income", drifted: true, moved: 0.99 }),
      of("country=DE", { feature: "age", moved: 0.98 }),
      of("country=DE", { feature: "raw_score", observed: true, drifted: true, moved: 0.97 }),
      of("", { feature: "age", moved: 0.01 }),
    ];
    const text = checkTable({ ...report, findings, quality: [], performance: [] }, plain, 120);
    expect(text.split("\n").slice(3)).toEqual([
      expect.stringMatching(/^· {2}age /),
      expect.stringMatching(/^▲ {2}income \[country = NL\] /),
      "·  2 more of segments, none of which alarms; --json shows all",
    ]);
  });

  test("many segments are not told one by one", () => {
    const findings = Array.from({ length: 25 }, (_, i) => finding({ segment: `c=${i}`, drifted: true, moved: 0.5 }));
    const segments = Array.from({ length: 9 }, (_, i) => {
      return { segment: `c=${i}`, rows: 3, baselineRows: 90, without: "only 3 of the 50 rows needed" };
    });
    const text = checkTable({ ...report, findings, segments, quality: [], performance: [] }, plain, 120);
    expect(text.match(/^\? c = /gm)).toHaveLength(3);
    expect(text).toContain("? and 6 more segments that say nothing; --json shows all");
    expect(text.match(/^▲ {2}x \[/gm)).toHaveLength(20);
    expect(text.split("\n").at(-1)).toBe("▲  and 5 more of segments that drifted; --json shows all");
  });

  test("what the rules said stands before the findings", () => {
    const said = {
      rule: "moved",
      segment: "",
      outcome: "holds",
      severity: "warning",
      when: "drift.share > 0.1",
    } as const;
    const outcome = {
      ...said,
      place: "p.yaml:3:5",
      values: { "drift.share": 0.5 },
      reason: undefined,
      forMs: 0,
      do: [],
    };
    const lines = checkTable({ ...report, outcomes: [outcome] }, plain, 120).split("\n");
    expect(lines[3]).toBe("▲ moved holds: drift.share = 0.5 (drift.share > 0.1)");
    expect(JSON.parse(JSON.stringify(checkJson({ ...report, outcomes: [outcome] }))).rules).toEqual([
      { ...said, values: { "drift.share": 0.5 }, reason: null, for_ms: 0, place: "p.yaml:3:5" },
    ]);
    expect(checkJson(report)).toMatchObject({ rules: [] });
  });

  test("many notices about the input are told in one line", () => {
    const quality = Array.from({ length: 9 }, (_, i) => damage({ severity: "notice", message: `f${i} is odd` }));
    const text = checkTable({ ...report, quality, findings: [] }, plain);
    expect(text).toContain("f4 is odd");
    expect(text).not.toContain("f5 is odd");
    expect(text).toContain("and 4 more about the input; --json shows all");
  });

  test("inconclusive says why, and draws nothing", () => {
    const text = checkTable(
      {
        ...report,
        verdict: "inconclusive",
        reason: "only 3 of the 500 rows needed",
        findings: [],
        quality: [],
        performance: [],
      },
      plain,
    );
    expect(text.split("\n")[0]).toBe("? inconclusive: only 3 of the 500 rows needed");
    expect(text.split("\n")).toHaveLength(2);
  });
});

describe("JSON", () => {
  test("has the fields of schema driftward/check/v1; what is absent is null", () => {
    const bare = {
      ...report,
      reason: undefined,
      findings: [finding({ pValue: undefined, limit: undefined, direction: undefined })],
    };
    const made = JSON.parse(JSON.stringify(checkJson(bare)));
    expect(made).toMatchObject({
      schema: "driftward/check/v1",
      verdict: "warning",
      reason: null,
      window: { rows: 48_210 },
      baseline: { rows: 250_000, version: "2026-03" },
      findings: [
        {
          feature: "x",
          segment: "",
          test: "psi",
          statistic: 0.3,
          lower: 0.3,
          upper: 0.3,
          p_value: null,
          p_corrected: null,
          limit: null,
          n: 1_000,
          m: 500,
          drifted: false,
          observed: false,
          direction: null,
        },
      ],
      quality: [{ feature: "x", kind: "vanished", severity: "critical" }],
      performance: {
        roc_auc: {
          value: 0.8012,
          lower: 0.79,
          upper: 0.81,
          n: 900,
          reason: null,
          promised: { value: 0.85, lower: 0.84, upper: 0.86 },
        },
        log_loss: { value: null, lower: null, upper: null, n: 0, reason: expect.any(String), promised: null },
      },
    });
  });

  test("never holds a number that JSON has not, and nothing that is not there", () => {
    const text = JSON.stringify(checkJson(report));
    expect(text).not.toMatch(/NaN|Infinity/);
    const holes = JSON.stringify(checkJson(report), (_, value) => (value === undefined ? "HOLE" : value));
    expect(holes).not.toContain("HOLE");
  });
});
