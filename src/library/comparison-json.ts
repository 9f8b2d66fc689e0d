import type { Comparison } from "../core/drift/comparison.ts";
import { checkJson } from "../render/check-report.ts";

/** A comparison as `driftward check --json` prints it: an object of schema driftward/check/v1, ready for JSON. */
export function comparisonJson(comparison: Comparison): object {
  const { liveRows, baselineRows, ...rest } = comparison;
  return checkJson({ ...rest, window: { rows: liveRows }, baseline: { rows: baselineRows }, performance: [] });
}
