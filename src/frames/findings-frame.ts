import type { DataFrame } from "danfojs-node";
import type { Comparison } from "../core/drift/comparison.ts";
import type { Finding } from "../core/drift/finding.ts";
import { type Danfo, loadDanfo } from "./danfo.ts";

/** The columns of a frame of findings, named as `driftward check --json` names them. Absent numbers are NaN. */
const columns: Readonly<Record<string, (finding: Finding) => string | number | boolean>> = {
  feature: (finding) => finding.feature,
  segment: (finding) => finding.segment,
  test: (finding) => finding.test,
  statistic: (finding) => finding.statistic,
  lower: (finding) => finding.lower,
  upper: (finding) => finding.upper,
  p_value: (finding) => finding.pValue ?? Number.NaN,
  p_corrected: (finding) => finding.pCorrected ?? Number.NaN,
  limit: (finding) => finding.limit ?? Number.NaN,
  n: (finding) => finding.n,
  m: (finding) => finding.m,
  moved: (finding) => finding.moved,
  moved_at_least: (finding) => finding.movedAtLeast,
  moved_estimate: (finding) => finding.movedEstimate ?? Number.NaN,
  drifted: (finding) => finding.drifted,
  direction: (finding) => finding.direction ?? "",
};

/**
 * Findings as a danfojs DataFrame: one row for each feature and test.
 *
 * @param danfo  danfojs-node, where the program has it at hand; loaded when absent
 * @throws InvalidInput when danfojs-node is not installed
 */
export async function findingsFrame(
  comparison: Pick<Comparison, "findings">,
  danfo?: Pick<Danfo, "DataFrame">,
): Promise<DataFrame> {
  const { DataFrame } = danfo ?? (await loadDanfo());
  const names = Object.keys(columns);
  const rows = comparison.findings.map((finding) => names.map((name) => columns[name]?.(finding) ?? Number.NaN));
  return new DataFrame(rows, { columns: names });
}
