import { intensity } from "../core/drift/windows.ts";
import { number, percent } from "./format.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";
import { sparkline } from "./sparkline.ts";
import { type Colors, verdictMark } from "./verdict-mark.ts";
import {
  driftedFeatures,
  emptyWindowsNote,
  featuresOverTime,
  type WindowReport,
  type WindowsReport,
  windowName,
  windowsHeadline,
  windowsVerdict,
  withEmptyWindows,
} from "./windows-report.ts";

/** Windows and features that are listed, and characters of a sparkline, at most. */
const [mostWindows, mostFeatures, widest] = [62, 20, 80];
/** Taller than this many times the limit, all is one to the eye. */
const tallest = 4;

/** A check window by window for a terminal: each window, then what drifted, drawn over time. */
export function windowsTable(report: WindowsReport, colors: Colors): string {
  const { windows, baselineRows, liveRows, by, rules } = report;
  const shown = windows.slice(-mostWindows);
  const left =
    windows.length > shown.length ? [colors.dim(`the last ${shown.length} of ${windows.length} ${by}s`)] : [];
  const chance = `each ${by} is judged on its own, with a chance of a false alarm of ${percent(rules.alarmRate)}`;
  return [
    `${colors.bold(verdictMark(windowsVerdict(report), colors))}: ${windowsHeadline(report)}`,
    colors.dim(`${number(liveRows)} rows against ${number(baselineRows)} of the baseline; ${chance}`),
    ...report.quality.map(({ message, severity }) => {
      const mark = severity === "critical" ? colors.red("✗") : colors.dim("·");
      return `${mark} ${plainText(message)}`;
    }),
    ...left,
    ...(shown.length === 0
      ? []
      : [
          plainTable(
            ["", by, "rows", "drifted", "largest / limit", ""],
            shown.map((window) => windowRow(window, report, colors)),
          ),
        ]),
    ...emptyWindowsNote(report).map(colors.dim),
    ...overTime(report, colors),
  ].join("\n");
}

function windowRow(window: WindowReport, { by }: WindowsReport, colors: Colors): readonly string[] {
  const drifted = driftedFeatures(window);
  const largest = intensity(window.findings);
  const mark = verdictMark(window.verdict, colors);
  const broken = window.quality.filter(({ severity }) => severity === "critical").map(({ message }) => message);
  const words = [...broken, ...(window.verdict === "inconclusive" ? [window.reason ?? ""] : []), names(drifted)];
  return [
    mark,
    windowName(window, by),
    number(window.rows),
    drifted.length === 0 ? "" : String(drifted.length),
    largest === undefined ? "" : number(largest),
    colors.dim(plainText(words.filter((word) => word !== "").join("; "))),
  ];
}

function overTime({ windows, by }: WindowsReport, colors: Colors): readonly string[] {
  const drawn = withEmptyWindows(windows);
  const features = featuresOverTime(drawn);
  const drifted = features.filter(({ times }) => times > 0);
  const largest = drawn.map(({ findings }) => intensity(findings));
  if (windows.length < 2 || features.length === 0) return [];
  const rows = drifted
    .slice(0, mostFeatures)
    .map(({ feature, intensities, times }) => [
      colors.bold(plainText(feature)),
      line(intensities),
      `${times} of ${windows.length} ${by}s`,
    ]);
  const more = drifted.length > mostFeatures ? [`and ${drifted.length - mostFeatures} more`] : [];
  return [
    plainTable(["over time", "statistic / limit", "drifted"], [["largest of all", line(largest), ""], ...rows]),
    ...more,
  ];
}

/** A character a window, or the largest of a few where there are too many. A dot is a window without a judgement, or without rows. */
function line(intensities: readonly (number | undefined)[]): string {
  const each = Math.ceil(intensities.length / widest);
  const merged: number[] = [];
  for (let at = 0; at < intensities.length; at += each)
    merged.push(Math.max(...intensities.slice(at, at + each).map((value) => value ?? -1)));
  return sparkline(
    merged.map((value) => (value < 0 ? 0 : Math.max(1e-9, Math.min(tallest, value)))),
    tallest,
  );
}

function names(features: readonly string[]): string {
  const more = features.length > 4 ? ` and ${features.length - 4} more` : "";
  return features.slice(0, 4).join(", ") + more;
}
