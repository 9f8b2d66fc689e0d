import type { Explanation } from "../core/drift/explain-rows.ts";
import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import { groupBy } from "../core/group-by.ts";
import { isUnmeasurable, worsening } from "../core/metrics/metric.ts";
import { isOutput } from "../core/prediction/contract.ts";
import type { QuarantinedHours } from "../core/quarantine/quarantine.ts";
import type { CheckReport } from "./check-report.ts";
import { explanationEvidence, explanationText } from "./explanation-text.ts";
import { estimate, instant, number, percent, pValue } from "./format.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";
import { ruleLines } from "./rule-lines.ts";
import { segmentText } from "./segment-words.ts";
import { sharesOf, sparkline } from "./sparkline.ts";
import { type Colors, verdictMark } from "./verdict-mark.ts";
import { wrap } from "./wrap.ts";

/** Bins that a sparkline shows at most. */
const widest = 12;

/** Notices about the input that are told one by one; who wants all of them asks for JSON. */
const shownNotices = 5;

/** Segments that say nothing, and features of segments that drifted, that are told one by one. */
const [shownSilent, shownOfSegments] = [3, 20];

/** Columns of a terminal from which on every test, and p, have room. */
const roomForAll = 112;

/** Columns below which the sparklines have none. */
const roomForSparklines = 66;

/**
 * A check as a table for a terminal: what the rules said, and of all rows what drifted first, then by how much has moved.
 * Of segments only what drifted is told.
 *
 * @param columns  of the terminal; what does not fit is left out, from the least telling on: p and the second test, then
 *                 the sparklines, then ends of names
 */
export function checkTable(report: CheckReport, colors: Colors, columns = 120): string {
  return [
    verdictLine(report, colors),
    ...(report.quarantined === undefined ? [] : [quarantineLine(report.quarantined, colors)]),
    ...qualityLines(report.quality, colors),
    ...ruleLines(report.outcomes ?? [], colors, columns),
    ...segmentLines(report, colors),
    ...(report.explanation === undefined ? [] : [explanationLine(report.explanation, colors)]),
    ...(report.findings.length === 0 ? [] : [findingsTable(report.findings, colors, columns)]),
    ...(report.performance.length === 0 ? [] : [performanceTable(report, colors)]),
  ].join("\n");
}

function qualityLines(quality: readonly QualityFinding[], colors: Colors): readonly string[] {
  const broken = quality.filter((finding) => finding.severity === "critical");
  const notices = quality.filter((finding) => finding.severity !== "critical");
  const more = notices.length - shownNotices;
  return [
    ...broken.map((finding) => `${colors.red("✗")} ${plainText(finding.message)}`),
    ...notices.slice(0, shownNotices).map((finding) => `${colors.dim("·")} ${plainText(finding.message)}`),
    ...(more > 0 ? [`${colors.dim("·")} and ${more} more about the input; --json shows all`] : []),
  ];
}

function verdictLine(report: CheckReport, colors: Colors): string {
  const { window, baseline } = report;
  const when = "start" in window ? `${instant(window.start)} to ${instant(window.end)}: ` : "";
  const of = baseline.version === undefined ? "" : ` of version ${plainText(baseline.version)}`;
  const why = report.reason === undefined ? "" : `: ${plainText(report.reason)}`;
  const rows = `${when}${number(window.rows)} rows against ${number(baseline.rows)} of the baseline${of}`;
  return `${colors.bold(verdictMark(report.verdict, colors))}${why}\n${colors.dim(rows)}`;
}

function quarantineLine({ hours, by }: QuarantinedHours, colors: Colors): string {
  const which = by.map((one) => `quarantine ${one.number}: ${plainText(one.reason)}`).join("; ");
  return `${colors.yellow("!")} ${number(hours)} hour${hours === 1 ? "" : "s"} of it left out (${which})`;
}

/** Segments that say nothing are not silent: it is told why. */
function segmentLines({ segments = [] }: CheckReport, colors: Colors): readonly string[] {
  const silent = segments.flatMap(({ segment, without }) => (without === undefined ? [] : [{ segment, without }]));
  const more = silent.length - shownSilent;
  return [
    ...silent
      .slice(0, shownSilent)
      .map(({ segment, without }) => `${colors.dim("?")} ${segmentText(segment)}: ${plainText(without)}`),
    ...(more > 0 ? [`${colors.dim("?")} and ${more} more segments that say nothing; --json shows all`] : []),
  ];
}

function explanationLine(explanation: Explanation, colors: Colors): string {
  const evidence = explanationEvidence(explanation);
  const words = `which rows: ${colors.bold(explanationText(explanation))}`;
  return evidence === undefined ? words : `${words} ${colors.dim(`(${evidence})`)}`;
}

function findingsTable(findings: readonly Finding[], colors: Colors, columns: number): string {
  const groups = [...groupBy(findings, (finding) => `${finding.segment}\u0000${finding.feature}`).values()].sort(
    byWeight,
  );
  const ofSegments = groups.filter((group) => group[0]?.segment !== "");
  const drifted = ofSegments.filter(alarms);
  const features = [...groups.filter((group) => group[0]?.segment === ""), ...drifted.slice(0, shownOfSegments)];
  const [all, drawn] = [columns >= roomForAll, columns >= roomForSparklines];
  const head = ["", "feature", ...(drawn ? ["baseline", "live"] : []), "moved"];
  const tests = all ? ["tests: value / limit", "p"] : ["test: value / limit"];
  const longest = Math.max(8, columns - (drawn ? 62 : 36) - (all ? 32 : 0));
  const [title = "", ...rows] = plainTable(
    [...head, ...tests],
    features.map((group) => featureRow(group, colors, { all, drawn, longest })),
  ).split("\n");
  const told = features.map((group) => whereTo(group, colors, columns));
  return [
    title,
    ...rows.flatMap((row, i) => [row, ...(told[i] ?? [])]),
    ...foldedLines(ofSegments.length, drifted.length, colors),
  ].join("\n");
}

/** How much of segments is not in the table. */
function foldedLines(all: number, drifted: number, colors: Colors): readonly string[] {
  const more = drifted - shownOfSegments;
  return [
    ...(more > 0 ? [`${colors.yellow("▲")}  and ${more} more of segments that drifted; --json shows all`] : []),
    ...(all > drifted
      ? [colors.dim(`·  ${all - drifted} more of segments, none of which alarms; --json shows all`)]
      : []),
  ];
}

function alarms(group: readonly Finding[]): boolean {
  return group.some((finding) => finding.drifted && finding.observed !== true);
}

interface Room {
  readonly all: boolean;
  readonly drawn: boolean;
  /** Characters of a name. */
  readonly longest: number;
}

function featureRow(group: readonly Finding[], colors: Colors, room: Room): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const drifted = group.some((finding) => finding.drifted);
  const [baseline, live] = [sharesOf(first.evidence.baseline), sharesOf(first.evidence.window)];
  const tallest = Math.max(...baseline, ...live, 0);
  const name = nameOf(first, room.longest);
  const loud = drifted && first.observed !== true;
  const tests = room.all
    ? group
    : group
        .slice()
        .sort((one, other) => excess(other) - excess(one))
        .slice(0, 1);
  return [
    loud ? colors.yellow("▲") : colors.dim("·"),
    loud ? colors.bold(name) : name,
    ...(room.drawn ? [sparkline(baseline.slice(0, widest), tallest), sparkline(live.slice(0, widest), tallest)] : []),
    percent(first.moved),
    tests.map((finding) => testText(finding, colors)).join("  "),
    ...(room.all ? [pValue(smallest(group))] : []),
  ];
}

function nameOf({ feature, segment, observed }: Finding, longest: number): string {
  const marks = `${segment === "" ? "" : ` [${segmentText(segment)}]`}${observed === true ? " (observed)" : ""}${isOutput(feature) ? " (output)" : ""}`;
  const name = plainText(`${feature}${marks}`);
  return name.length <= longest ? name : `${name.slice(0, longest - 1).toWellFormed()}…`;
}

/** What moved where, below the row of what drifted. */
function whereTo(group: readonly Finding[], colors: Colors, columns: number): readonly string[] {
  const drifted = group.find((finding) => finding.drifted && finding.direction !== undefined);
  if (drifted?.direction === undefined) return [];
  return wrap(plainText(drifted.direction), Math.max(20, columns - 3)).map((line) => `   ${colors.dim(line)}`);
}

/** By how many times its limit a statistic was reached. */
function excess({ statistic, limit }: Finding): number {
  return limit === undefined ? 0 : statistic / limit;
}

function byWeight(one: readonly Finding[], other: readonly Finding[]): number {
  const weight = (group: readonly Finding[]) => (alarms(group) ? 2 : 0) + (group[0]?.moved ?? 0);
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
