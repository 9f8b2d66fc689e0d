import { compareWindows } from "../../actions/compare-windows.ts";
import type { Comparison } from "../../core/drift/comparison.ts";
import { hideSensitive, hideSensitiveQuality } from "../../core/drift/sensitive.ts";
import type { WindowLength } from "../../core/drift/windows.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { WindowsReport } from "../../render/windows-report.ts";
import type { FileRequest } from "./file-options.ts";
import { requireSensitiveColumns } from "./require-columns.ts";

export interface WindowsCheck {
  readonly report: WindowsReport;
  readonly skipped: Comparison["skipped"];
}

/** Live files against a baseline window by window; of sensitive columns no values. */
export async function checkWindows(
  engine: CountEngine,
  { request, sensitive }: FileRequest,
  by: WindowLength,
): Promise<WindowsCheck> {
  await requireSensitiveColumns(engine, [request.baseline, request.live], sensitive);
  const { skipped, windows, quality, ...rest } = await compareWindows(engine, { ...request, by });
  const { alarmRate, floor } = request;
  const shown = windows.map((window) => ({
    ...window,
    findings: hideSensitive(window.findings, sensitive),
    quality: hideSensitiveQuality(window.quality, sensitive),
  }));
  const report = { ...rest, windows: shown, quality: hideSensitiveQuality(quality, sensitive) };
  return { report: { ...report, rules: { alarmRate, floor } }, skipped };
}
