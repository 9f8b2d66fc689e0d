import { compare, correctTogether } from "../core/drift/compare.ts";
import { comparisonMissingRise, judgeComparison, tooFewRows } from "../core/drift/comparison.ts";
import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import { type PairedColumns, pairColumns } from "../core/drift/pair-columns.ts";
import { findQuality } from "../core/drift/quality.ts";
import { type TimeWindow, type WindowLength, windowsOf } from "../core/drift/windows.ts";
import { groupBy } from "../core/group-by.ts";
import type { Counts, FeatureBins, Profile } from "../core/profile/bins.ts";
import { cellCount, emptyCounts } from "../core/profile/empty-counts.ts";
import { mergeCounts } from "../core/profile/merge-counts.ts";
import { millisecondsPer } from "../core/units.ts";
import type { Verdict } from "../core/verdict.ts";
import type { CountEngine } from "../ports/count-engine.ts";
import { type CompareFilesRequest, settle } from "./compare-files.ts";

export interface CompareWindowsRequest extends CompareFilesRequest {
  readonly by: WindowLength;
}

/** One window against the baseline; the alarm rate is that of each window. */
export interface WindowComparison extends TimeWindow {
  readonly rows: number;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
}

export interface WindowsComparison {
  readonly by: WindowLength;
  readonly baselineRows: number;
  readonly liveRows: number;
  readonly windows: readonly WindowComparison[];
  readonly quality: readonly QualityFinding[];
  readonly skipped: PairedColumns["skipped"];
}

/** Cells that are held at once: 160 MB. */
const mostCells = 20_000_000;
/** Edges of numeric features, as many as fit one window's hours; bounds decide nearly always from a few hundred on. */
const [fewestEdges, mostEdges] = [64, 1_024];

/**
 * Compares live files with a baseline window by window of the event time: counted by hour once, summed by window.
 *
 * KS is decided by certified bounds, from rows where they leave it open. A window without rows enough is inconclusive.
 *
 * @throws InvalidData when a file cannot be read, rows have no `timestamp`, or the files share no column
 */
export async function compareWindows(engine: CountEngine, request: CompareWindowsRequest): Promise<WindowsComparison> {
  const [before, now] = [await engine.describe(request.baseline), await engine.describe(request.live)];
  const { features, quality, skipped } = pairColumns(before.columns, now.columns, request.features);
  const hours = await engine.count({ files: request.live, bins: [], byHour: true });
  const windows = windowsOf(
    hours.flatMap(({ hour }) => hour ?? []),
    request.by,
  );
  const shared = { by: request.by, baselineRows: before.rows, liveRows: now.rows, quality, skipped };
  const few = tooFewRows(before.rows, Number.POSITIVE_INFINITY, request.minRows);
  if (few !== undefined) {
    const rows = new Map(hours.map(({ hour, counts }) => [hour?.getTime() ?? 0, counts.rows]));
    return { ...shared, windows: windows.map((window) => silent(window, rowsIn(window, rows), few)) };
  }
  const longest = windows.reduce<number>((most, { start, end }) => Math.max(most, +end - +start), millisecondsPer.h);
  const fitting = Math.floor(mostCells / (2 * (longest / millisecondsPer.h) * features.length));
  const edges = Math.min(mostEdges, Math.max(fewestEdges, fitting));
  const profile = await engine.profile({ files: request.baseline, features, edges });
  const judged: WindowComparison[] = [];
  for (const part of partsOf(windows, profile.bins))
    for (const { window, counts } of await countWindows(engine, request, { windows: part, profile, all: windows }))
      judged.push(await judgeWindow(engine, request, { window, counts, profile }));
  return { ...shared, windows: judged };
}

function rowsIn({ start, end }: TimeWindow, rows: ReadonlyMap<number, number>): number {
  return [...rows].reduce((sum, [hour, count]) => (hour >= +start && hour < +end ? sum + count : sum), 0);
}

function silent(window: TimeWindow, rows: number, reason: string): WindowComparison {
  return { ...window, rows, verdict: "inconclusive", reason, findings: [], quality: [] };
}

/** Neighbouring windows whose hours can be held together. */
function partsOf(windows: readonly TimeWindow[], bins: readonly FeatureBins[]): readonly (readonly TimeWindow[])[] {
  const cells = bins.reduce((sum, feature) => sum + cellCount(feature), 0);
  const parts: TimeWindow[][] = [];
  let held = Number.POSITIVE_INFINITY;
  for (const window of windows) {
    const more = (cells * (+window.end - +window.start)) / millisecondsPer.h;
    held += more;
    if (held > mostCells) {
      parts.push([]);
      held = more;
    }
    parts.at(-1)?.push(window);
  }
  return parts;
}

interface Counting {
  readonly windows: readonly TimeWindow[];
  readonly all: readonly TimeWindow[];
  readonly profile: Profile;
}

async function countWindows(
  engine: CountEngine,
  { live }: CompareWindowsRequest,
  { windows, all, profile }: Counting,
): Promise<readonly { readonly window: TimeWindow; readonly counts: Counts }[]> {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const filter = windows.length === all.length ? {} : { filter: { from: first.start, to: last.end } };
  const groups = await engine.count({ files: live, bins: profile.bins, byHour: true, ...filter });
  const startOf = (hour: Date) => windows.findLast(({ start }) => +start <= +hour)?.start;
  const byWindow = groupBy(groups, ({ hour }) => (hour === undefined ? undefined : startOf(hour)));
  return windows.map((window) => {
    const parts = (byWindow.get(window.start) ?? []).map(({ counts }) => counts);
    return { window, counts: mergeCounts([emptyCounts(profile.bins), ...parts]) };
  });
}

async function judgeWindow(
  engine: CountEngine,
  request: CompareWindowsRequest,
  { window, counts, profile }: { readonly window: TimeWindow; readonly counts: Counts; readonly profile: Profile },
): Promise<WindowComparison> {
  if (counts.rows < request.minRows)
    return silent(window, counts.rows, `only ${counts.rows} of the ${request.minRows} rows needed`);
  const tests = profile.bins.reduce((sum, bins) => sum + request.tests[bins.kind].length, 0);
  const { tests: byKind, alarmRate, floor } = request;
  const options = { tests: byKind, alphaPerTest: alarmRate / Math.max(1, tests), floor, segment: "" };
  const findings: Finding[] = [];
  for (const finding of compare(profile, counts, options))
    findings.push(await settle(engine, finding, request, { from: window.start, to: window.end }));
  const quality = findQuality(profile, counts, { missingRise: comparisonMissingRise, segment: "" });
  const judged = judgeComparison(findings, quality);
  return { ...window, rows: counts.rows, ...judged, findings: correctTogether(findings), quality };
}
