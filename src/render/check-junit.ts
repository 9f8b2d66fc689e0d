import { escape as escapeXml } from "html-escaper";
import type { QualityFinding } from "../core/drift/finding.ts";
import { type RankedFeature, rankFeatures } from "../core/drift/rank-features.ts";
import type { CheckReport } from "./check-report.ts";
import { explanationText } from "./explanation-text.ts";
import { instant, number, percent } from "./format.ts";
import { plainText } from "./plain-text.ts";
import { segmentText } from "./segment-words.ts";
import { asCheck, type WindowsReport } from "./windows-report.ts";

interface Case {
  readonly classname: "drift" | "quality" | "comparison";
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly message: string;
  readonly detail: string;
}

/**
 * A check as JUnit XML: one test case a feature, failed when it drifted, skipped when it cannot be told; one for each
 * feature whose input is broken.
 */
export function checkJunit(report: CheckReport): string {
  return junitOf([{ name: "driftward check", cases: casesOf(report) }]);
}

/** A check window by window: one test suite a window, and before them one of what is odd about the files as a whole. */
export function windowsJunit(report: WindowsReport): string {
  const files = report.quality.map(qualityCase);
  return junitOf([
    ...(files.length === 0 ? [] : [{ name: "driftward check", cases: files }]),
    ...report.windows.map((window) => ({
      name: `driftward check ${instant(window.start)}`,
      cases: casesOf(asCheck(window, report)),
    })),
  ]);
}

function qualityCase({ feature, severity, kind, message }: QualityFinding): Case {
  const state = severity === "critical" ? "failed" : "passed";
  return { classname: "quality", name: `${feature}: ${kind}`, state, message, detail: message };
}

function casesOf(report: CheckReport): readonly Case[] {
  const quality = report.quality.map(qualityCase);
  const features = rankFeatures(report.findings).map((ranked) => driftCase(ranked, report));
  const segments = (report.segments ?? []).flatMap(({ segment, without }): readonly Case[] =>
    without === undefined
      ? []
      : [{ classname: "comparison", name: segmentText(segment), state: "skipped", message: without, detail: "" }],
  );
  const cases = [...quality, ...features, ...segments];
  if (report.verdict !== "inconclusive") return cases;
  const reason = report.reason ?? "inconclusive";
  return [...cases, { classname: "comparison", name: "verdict", state: "skipped", message: reason, detail: "" }];
}

function driftCase(
  { feature, segment, observed, first, findings, ...ranked }: RankedFeature,
  report: CheckReport,
): Case {
  const drifted = ranked.drifted && !observed;
  const untold = findings.every(({ limit }) => limit === undefined);
  const tests = findings.map(
    ({ test, statistic, limit }) =>
      `${test} ${number(statistic)}${limit === undefined ? "" : `, limit ${number(limit)}`}`,
  );
  const which = report.explanation === undefined ? [] : [explanationText(report.explanation)];
  return {
    classname: "drift",
    name: segment === "" ? feature : `${feature} [${segmentText(segment)}]`,
    state: drifted ? "failed" : untold ? "skipped" : "passed",
    message: drifted ? (first.direction ?? `${percent(first.moved)} of the rows moved`) : "it has one value only",
    detail: [
      ...(drifted ? [`at least ${percent(first.movedAtLeast)} of the rows moved`, ...which] : []),
      ...tests,
    ].join("\n"),
  };
}

function junitOf(suites: readonly { readonly name: string; readonly cases: readonly Case[] }[]): string {
  const count = (cases: readonly Case[], state: Case["state"]) => cases.filter((one) => one.state === state).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${text(name)}" tests="${cases.length}" failures="${count(cases, "failed")}" skipped="${count(cases, "skipped")}">`,
      ...cases.map(caseXml),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function caseXml({ classname, name, state, message, detail }: Case): string {
  const lines = detail.split("\n").map(text).join("\n");
  const inside = {
    failed: `<failure message="${text(message)}">${lines}</failure>`,
    skipped: `<skipped message="${text(message)}"/>`,
    passed: detail === "" ? "" : `<system-out>${lines}</system-out>`,
  }[state];
  return `    <testcase classname="${classname}" name="${text(name)}">${inside}</testcase>`;
}

/** One line that XML 1.0 can hold: no controls, no lone surrogates, none of the two characters that are none. */
function text(value: string): string {
  return escapeXml(plainText(value).replaceAll(/[\ufffe\uffff]/g, "\u00b7"));
}
