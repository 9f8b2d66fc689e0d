import { expect, test } from "@jest/globals";
import type { FeatureLimits } from "../../src/core/calibration/describe-limits.ts";
import { calibrationHtml } from "../../src/render/calibration-html.ts";
import type { CalibrationReport } from "../../src/render/calibration-report.ts";
import { calibrationTable } from "../../src/render/calibration-table.ts";
import { confidencePercent } from "../../src/render/format.ts";

const income: FeatureLimits = {
  ...{ feature: "income <b>", kind: "numeric", effect: 8.3, measured: 7.1, blocks: 30, n: 4_000, m: 130 },
  tests: [
    { test: "psi", limit: 0.31 },
    { test: "ks", limit: 0.21 },
  ],
  smallestChange: 0.27,
  ruledBy: "dependent rows",
};
const report: CalibrationReport = {
  model: "churn",
  version: "3",
  calibration: {
    budget: { count: 1, perMs: 30 * 86_400_000 },
    ...{ alpha: 0.012, alphaPerTest: 0.003, tests: 4, capped: false, expectedIncidents: 0.5, provisional: false },
    ...{ floor: 0.05, windowRows: 1_080 },
    features: [
      income,
      { ...income, feature: "plan", kind: "categorical", smallestChange: 0.09, ruledBy: "floor", effect: 1 },
      { ...income, feature: "gone", tests: [{ test: "psi", limit: undefined }], smallestChange: undefined },
    ],
    performance: [
      { metric: "roc_auc", confidence: 0.97, expectedIncidents: 0.5, effect: 4, measured: 3.1 },
      { metric: "log_loss", confidence: 0.97, expectedIncidents: 0.5, effect: 1, measured: undefined },
      { metric: "brier", confidence: 0.97, expectedIncidents: 0.5, effect: 1, measured: 0.7 },
    ],
    matched: { on: [], times: true },
    unbudgeted: ["fixed"],
  },
};

test("a terminal gets sentences and a line for each feature", () => {
  const text = calibrationTable(report);
  expect(text).toContain("churn, baseline of version 3");
  expect(text).toContain("Budget: 1 false alarm in 30d");
  expect(text).toContain(
    "roc_auc: rules compare the ends of 97 % intervals, 2 times as wide as those of independent rows;",
  );
  expect(text).toContain(
    "log_loss: rules compare the ends of 97 % intervals of rows taken as independent: the baseline has",
  );
  expect(text).toContain("brier: rules compare the ends of 97 % intervals; 0.5 false alarms");
  expect(text).toMatch(/income <b>\s+psi 0.31, ks 0.21\s+27 %\s+dependent rows: 8.3 count as one\s+7.1\s+130/);
  expect(text).toMatch(/plan .* 9.0 %\s+the floor/);
  expect(text).toMatch(/gone\s+psi none\s+none/);
  expect(text).toContain("roc_auc: rules compare the ends of 97 % intervals");
  expect(text).toContain('Rule "fixed" has a limit of its own');
  expect(text).not.toContain("Provisional");
  expect(text).toContain("going by the baseline, has 1,080 rows.");
  expect(calibrationTable({ ...report, recentRows: 2_400 })).toContain(
    "has 1,080 rows; the windows of the last checks have 2,400 in the median.",
  );
});

test("a provisional calibration says so, and the 5 % where they bind", () => {
  const calibration = { ...report.calibration, provisional: true, capped: true };
  const text = calibrationTable({ ...report, calibration });
  expect(text).toContain("Provisional:");
  expect(text).toContain("the most that any check may");
});

test("what the baseline is matched on is said, and that it cannot be", () => {
  const textOf = (matched: CalibrationReport["calibration"]["matched"]) =>
    calibrationTable({ ...report, calibration: { ...report.calibration, matched } });
  expect(textOf({ on: ["weekday", "hour"], times: true })).toContain(
    "takes each window's mix of days of the week and hours of the day (UTC)",
  );
  expect(textOf({ on: ["weekday"], times: false })).toContain(
    "no times: it cannot take a window's mix of days of the week",
  );
  expect(textOf({ on: [], times: false })).not.toContain("mix");
});

test("the page draws a bar for each feature, and nothing from outside is markup", () => {
  const html = calibrationHtml(report);
  expect(html.match(/<rect /g)).toHaveLength(3);
  expect(html).toContain("floor 5.0");
  expect(html).toContain("income &lt;b&gt;");
  expect(html).not.toContain("<b>");
  expect(html).not.toContain("<script");
});

test.each([
  [0.97, "97 %"],
  [0.995, "99.5 %"],
  [0.99983, "99.98 %"],
  [1, "100 %"],
])("a confidence of %d is told from certainty", (confidence, text) => expect(confidencePercent(confidence)).toBe(text));
