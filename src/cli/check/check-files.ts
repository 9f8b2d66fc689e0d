import { type CountedComparison, countAndCompare } from "../../actions/compare-files.ts";
import { explainComparison } from "../../actions/explain-comparison.ts";
import type { Comparison } from "../../core/drift/comparison.ts";
import { hideSensitive, hideSensitiveQuality } from "../../core/drift/sensitive.ts";
import { type Shape, shapeOf } from "../../core/drift/shape.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { CheckReport } from "../../render/check-report.ts";
import type { FileRequest } from "./file-options.ts";
import { requireSensitiveColumns } from "./require-columns.ts";

export interface FilesCheck {
  readonly report: CheckReport;
  readonly skipped: Comparison["skipped"];
}

/** Two files compared: verdict, findings, which rows, and how the values lie; of sensitive columns no values. */
export async function checkFiles(
  engine: CountEngine,
  { request, sensitive }: FileRequest,
  explain: boolean,
): Promise<FilesCheck> {
  await requireSensitiveColumns(engine, [request.baseline, request.live], sensitive);
  const { comparison, counted } = await countAndCompare(engine, request);
  const { verdict, reason, liveRows, baselineRows } = comparison;
  const { baseline, live, alarmRate, floor } = request;
  const explained =
    explain && counted !== undefined
      ? await explainComparison(engine, { baseline, live, ...counted, findings: comparison.findings, sensitive })
      : { findings: comparison.findings, explanation: undefined };
  const report = {
    verdict,
    reason,
    window: { rows: liveRows },
    baseline: { rows: baselineRows },
    findings: hideSensitive(explained.findings, sensitive),
    quality: hideSensitiveQuality(comparison.quality, sensitive),
    performance: [],
    explanation: explained.explanation,
    shapes: shapesOf(counted, sensitive),
    rules: { alarmRate, floor },
  };
  return { report, skipped: comparison.skipped };
}

function shapesOf(counted: CountedComparison["counted"], sensitive: readonly string[]): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const [i, bins] of (counted?.profile.bins ?? []).entries()) {
    const [before, now] = [counted?.profile.counts.features[i], counted?.counts.features[i]];
    if (before === undefined || now === undefined || sensitive.includes(bins.name)) continue;
    const shape = shapeOf(bins, before, now);
    if (shape !== undefined) shapes.set(bins.name, shape);
  }
  return shapes;
}
