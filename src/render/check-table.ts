import type { Explanation } from "../core/drift/explain-rows.ts";
import type { Finding } from "../core/drift/finding.ts";
import { groupBy } from "../core/group-by.ts";
import { isUnmeasurable, worsening } from "../core/metrics/metric.ts";
import type { CheckReport } from "./check-report.ts";
import { explanationEvidence, explanationText } from "./explanation-text.ts";
import { estimate, instant, number, percent, pValue } from "./format.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";
import { sharesOf, sparkline } from "./sparkline.ts";
import { type Colors, verdictMark } from "./verdict-mark.ts";

/** Bins that a sparkline shows at most. */
const widest = 16;

/** A check as a table for a terminal: what drifted first, then by how much has moved. */
export function checkTable(report: CheckReport, colors: Colors): string {
  return [
    verdictLine(report, colors),
    ...report.quality.map(
      (finding) =>
        `${finding.severity === "critical" ? colors.red("✗") : colors.dim("·")} ${plainText(finding.message)}`,
    ),
    ...(report.explanation === undefined ? [] : [explanationLine(report.explanation, colors)]),
    ...(report.findings.length === 0 ? [] : [findingsTable(report.findings, colors)]),
    ...(report.performance.length === 0 ? [] : [performanceTable(report, colors)]),
  ].join("\n");
}

function verdictLine(report: CheckReport, colors: Colors): string {
  const { window, baseline } = report;
  const when = "start" in window ? `${instant(window.start)} to ${instant(window.end)}: ` : "";
  const of = baseline.version === undefined ? "" : ` of version ${plainText(baseline.version)}`;
  const why = report.reason === undefined ? "" : `: ${plainText(report.reason)}`;
  const rows = `${when}${number(window.rows)} rows against ${number(baseline.rows)} of the baseline${of}`;
  return `${colors.bold(verdictMark(report.verdict, colors))}${why}\n${colors.dim(rows)}`;
}

function explanationLine(explanation: Explanation, colors: Colors): string {
  const evidence = explanationEvidence(explanation);
  const words = `which rows: ${colors.bold(explanationText(explanation))}`;
  return evidence === undefined ? words : `${words} ${colors.dim(`(${evidence})`)}`;
}

function findingsTable(findings: readonly Finding[], colors: Colors): string {
  const features = [...groupBy(findings, (finding) => `${finding.segment}\u0000${finding.feature}`).values()].sort(
    byWeight,
  );
  return plainTable(
    ["", "feature", "baseline", "live", "moved", "tests: value / limit", "p", "what moved where"],
    features.flatMap((group) => featureRow(group, colors)),
  );
}

function featureRow(group: readonly Finding[], colors: Colors): readonly (readonly string[])[] {
  const [first] = group;
  if (first === undefined) return [];
  const drifted = group.some((finding) => finding.drifted);
  const [baseline, live] = [sharesOf(first.evidence.baseline), sharesOf(first.evidence.window)];
  const tallest = Math.max(...baseline, ...live, 0);
  const name = plainText(first.segment === "" ? first.feature : `${first.feature} [${first.segment}]`);
  return [
    [
      drifted ? colors.yellow("▲") : colors.dim("·"),
      drifted ? colors.bold(name) : name,
      sparkline(baseline.slice(0, widest), tallest),
      sparkline(live.slice(0, widest), tallest),
      percent(first.moved),
      group.map((finding) => testText(finding, colors)).join("  "),
      pValue(smallest(group)),
      colors.dim(plainText(drifted ? (first.direction ?? "") : "")),
    ],
  ];
}

function byWeight(one: readonly Finding[], other: readonly Finding[]): number {
  const weight = (group: readonly Finding[]) =>
    (group.some((finding) => finding.drifted) ? 2 : 0) + (group[0]?.moved ?? 0);
  return weight(other) - weight(one);
}

function smallest(group: readonly Finding[]): number | undefined {
  const values = group.flatMap((finding) => finding.pCorrected ?? finding.pValue ?? []);
  return values.length === 0 ? undefined : Math.min(...values);
}

function testText({ test, statistic, limit, lower, upper }: Finding, colors: Colors): string {
  const value = lower === upper ? number(statistic) : `${number(lower)} to ${number(upper)}`;
  const text = `${test} ${value}${limit === undefined ? "" : ` / ${number(limit)}`}`;
  return limit !== undefined && statistic >= limit ? colors.bold(text) : text;
}

function performanceTable(report: CheckReport, colors: Colors): string {
  const rows = report.performance.map(({ metric, now, promised }) => {
    const worse = isUnmeasurable(now) || promised === undefined ? undefined : worsening(promised, now, metric);
    return [
      worse !== undefined && worse.lower > 0 ? colors.yellow("▲") : colors.dim("·"),
      metric,
      promised === undefined ? "not measured" : estimate(promised),
      isUnmeasurable(now) ? plainText(now.reason) : estimate(now),
      worse === undefined ? "" : estimate(worse),
    ];
  });
  return plainTable(["", "metric", "promised", "now", "worse by"], rows);
}
