import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import { intensity, type TimeWindow, type WindowLength, worstVerdict } from "../core/drift/windows.ts";
import { groupBy } from "../core/group-by.ts";
import type { Verdict } from "../core/verdict.ts";
import { type CheckReport, checkJson } from "./check-report.ts";
import { instant, number } from "./format.ts";

/** One window of a check over time. */
export interface WindowReport extends TimeWindow {
  readonly rows: number;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
}

/** What every face of a check window by window shows. */
export interface WindowsReport {
  readonly by: WindowLength;
  readonly baselineRows: number;
  readonly liveRows: number;
  readonly windows: readonly WindowReport[];
  /** What is odd about the files as a whole. */
  readonly quality: readonly QualityFinding[];
  readonly rules: { readonly alarmRate: number; readonly floor: number };
}

/** One feature over time; an entry a window. */
export interface FeatureOverTime {
  readonly feature: string;
  /** The largest statistic over its limit; undefined where the window could not be judged. */
  readonly intensities: readonly (number | undefined)[];
  readonly drifted: readonly boolean[];
  readonly times: number;
}

/** Windows drawn at most for each that has rows: a stray row of another decade is no reason for a line of dots. */
const widestGaps = 4;

/** The windows as they lie in time, with those that no row fell in; as they are where these would be far too many. */
export function withEmptyWindows(windows: readonly WindowReport[]): readonly WindowReport[] {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return windows;
  const length = +first.end - +first.start;
  const count = Math.round((+last.end - +first.start) / length);
  if (count > widestGaps * windows.length) return windows;
  const known = new Map(windows.map((window) => [+window.start, window]));
  const empty = { rows: 0, verdict: "inconclusive", reason: "no rows", findings: [], quality: [] } as const;
  return Array.from({ length: count }, (_, at) => {
    const start = +first.start + at * length;
    return known.get(start) ?? { ...empty, start: new Date(start), end: new Date(start + length) };
  });
}

/** `4 days without rows are left out`; nothing where there are none. */
export function emptyWindowsNote({ windows, by }: WindowsReport): readonly string[] {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const empty = Math.round((+last.end - +first.start) / (+first.end - +first.start)) - windows.length;
  if (empty === 0) return [];
  return [`${number(empty)} ${by}${empty === 1 ? "" : "s"} without rows ${empty === 1 ? "is" : "are"} left out`];
}

/** The worst of all windows; broken files are critical whatever the windows say. */
export function windowsVerdict({ windows, quality }: WindowsReport): Verdict {
  const files: readonly Verdict[] = quality.some(({ severity }) => severity === "critical") ? ["critical"] : [];
  return worstVerdict([...files, ...windows.map(({ verdict }) => verdict)]);
}

/** `3 of 30 days drifted, 2 could not be judged`. */
export function windowsHeadline({ by, windows }: WindowsReport): string {
  if (windows.length === 0) return `there is no ${by} with rows`;
  const drifted = windows.filter(({ findings }) => findings.some((finding) => finding.drifted)).length;
  const silent = windows.filter(({ verdict }) => verdict === "inconclusive").length;
  const counted = `${drifted === 0 ? "none" : drifted} of ${windows.length} ${by}${windows.length === 1 ? "" : "s"} drifted`;
  return silent === 0 ? counted : `${counted}, ${silent} could not be judged`;
}

/** Every feature over time: those that drifted most often first. */
export function featuresOverTime(windows: readonly WindowReport[]): readonly FeatureOverTime[] {
  const byWindow = windows.map(({ findings }) => groupBy(findings, ({ feature }) => feature));
  const names = new Set(byWindow.flatMap((features) => [...features.keys()]));
  const largest = ({ intensities }: FeatureOverTime) => Math.max(0, ...intensities.map((value) => value ?? 0));
  return [...names]
    .map((feature) => {
      const found = byWindow.map((features) => features.get(feature));
      const drifted = found.map((findings) => findings?.some((finding) => finding.drifted) === true);
      const intensities = found.map((findings) => (findings === undefined ? undefined : intensity(findings)));
      return { feature, intensities, drifted, times: drifted.filter(Boolean).length };
    })
    .sort(
      (one, other) =>
        other.times - one.times || largest(other) - largest(one) || (one.feature < other.feature ? -1 : 1),
    );
}

/** The names of what drifted in a window, without repetition. */
export function driftedFeatures({ findings }: WindowReport): readonly string[] {
  return [...new Set(findings.filter(({ drifted }) => drifted).map(({ feature }) => feature))];
}

/** A window's name: its day, its first day, or its hour. */
export function windowName({ start }: TimeWindow, by: WindowLength): string {
  if (by === "hour") return `${start.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return by === "week" ? `week of ${instant(start)}` : instant(start);
}

/** One window as a check of its own. */
export function asCheck(window: WindowReport, { baselineRows, rules }: WindowsReport): CheckReport {
  const { start, end, rows, ...rest } = window;
  const range = { start: start.toISOString(), end: end.toISOString(), rows };
  return { ...rest, window: range, baseline: { rows: baselineRows }, performance: [], rules };
}

/** The object of `driftward check --by … --json`: schema driftward/check-windows/v1. */
export function windowsJson(report: WindowsReport): object {
  return {
    schema: "driftward/check-windows/v1",
    verdict: windowsVerdict(report),
    by: report.by,
    baseline: { rows: report.baselineRows },
    quality: report.quality,
    windows: report.windows.map((window) => checkJson(asCheck(window, report))),
  };
}
