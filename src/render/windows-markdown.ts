import { intensity } from "../core/drift/windows.ts";
import { number, percent } from "./format.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { marks } from "./verdict-mark.ts";
import {
  driftedFeatures,
  emptyWindowsNote,
  type WindowReport,
  type WindowsReport,
  windowName,
  windowsHeadline,
  windowsVerdict,
} from "./windows-report.ts";

/** Windows and names in a row at most. */
const [mostWindows, mostNames] = [62, 6];

/** A check window by window as Markdown: a row a window. */
export function windowsMarkdown(report: WindowsReport): string {
  const { windows, by, baselineRows, liveRows, rules, quality } = report;
  const shown = windows.slice(-mostWindows);
  const head = `| ${by} | rows | verdict | largest / limit | drifted |\n| --- | ---: | --- | ---: | --- |`;
  return [
    `### ${marks[windowsVerdict(report)]}: ${markdownText(windowsHeadline(report))}`,
    `${number(liveRows)} rows against ${number(baselineRows)} of the baseline; each ${by} is judged on its own, with a chance of a false alarm of ${percent(rules.alarmRate)}`,
    ...(quality.length === 0
      ? []
      : [
          quality
            .map(({ message, severity }) => `- ${severity === "critical" ? "✗ " : ""}${markdownText(message)}`)
            .join("\n"),
        ]),
    ...(shown.length === 0 ? [] : [`${head}\n${shown.map((window) => row(window, report)).join("\n")}`]),
    ...(windows.length > shown.length ? [`the last ${shown.length} of ${windows.length} ${by}s`] : []),
    ...emptyWindowsNote(report),
    "",
  ].join("\n\n");
}

function row(window: WindowReport, { by }: WindowsReport): string {
  const drifted = driftedFeatures(window);
  const largest = intensity(window.findings);
  const more = drifted.length > mostNames ? ` and ${drifted.length - mostNames} more` : "";
  const broken = window.quality
    .filter(({ severity }) => severity === "critical")
    .map(({ message }) => markdownText(message));
  const silent = window.verdict === "inconclusive" ? [markdownText(window.reason ?? "")] : [];
  const named = drifted.length === 0 ? [] : [drifted.slice(0, mostNames).map(markdownCode).join(", ") + more];
  const cells = [
    windowName(window, by),
    number(window.rows),
    marks[window.verdict],
    largest === undefined ? "" : number(largest),
    [...broken.slice(0, 3), ...silent, ...named].join("; "),
  ];
  return `| ${cells.join(" | ")} |`;
}
