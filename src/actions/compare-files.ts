import { compare, correctTogether, undecided, withExact } from "../core/drift/compare.ts";
import {
  type Comparison,
  type ComparisonRules,
  comparisonEdges,
  comparisonMissingRise,
  judgeComparison,
  tooFewRows,
} from "../core/drift/comparison.ts";
import type { Finding } from "../core/drift/finding.ts";
import { pairColumns } from "../core/drift/pair-columns.ts";
import { findQuality } from "../core/drift/quality.ts";
import { DriftwardError } from "../core/errors.ts";
import type { CountEngine, DataFiles } from "../ports/count-engine.ts";

export interface CompareFilesRequest extends ComparisonRules {
  readonly baseline: DataFiles;
  readonly live: DataFiles;
  /** Exact distances for every feature, not only where the bounds leave the verdict open. */
  readonly exact: boolean;
  /** Features to look at; all that both files have when absent. */
  readonly features?: readonly string[];
}

/**
 * Compares two files without any state: every column that both have is tested, under one rule: any feature drifted is a
 * warning.
 *
 * @throws InvalidData when a file cannot be read or they share no column, InvalidInput when a number is out of range
 */
export async function compareFiles(engine: CountEngine, request: CompareFilesRequest): Promise<Comparison> {
  if (!(request.alarmRate > 0 && request.alarmRate < 1))
    throw new DriftwardError("InvalidInput", `expected an alarm rate between 0 and 1, got ${request.alarmRate}`);
  const [before, now] = [await engine.describe(request.baseline), await engine.describe(request.live)];
  const { features, quality, skipped } = pairColumns(before.columns, now.columns, request.features);
  const none = { baselineRows: before.rows, liveRows: now.rows, findings: [], quality, skipped };
  const few = tooFewRows(before.rows, now.rows, request.minRows);
  if (few !== undefined) return { verdict: "inconclusive", reason: few, ...none };
  const profile = await engine.profile({ files: request.baseline, features, edges: comparisonEdges });
  const groups = await engine.count({ files: request.live, bins: profile.bins });
  const counts = groups.find((group) => group.segment === "")?.counts;
  if (counts === undefined) throw new DriftwardError("EngineFailed", "the engine counted nothing");
  const number = features.reduce((sum, feature) => sum + request.tests[feature.kind].length, 0);
  const options = { tests: request.tests, alphaPerTest: request.alarmRate / number, floor: request.floor, segment: "" };
  const findings: Finding[] = [];
  for (const finding of compare(profile, counts, options)) findings.push(await settle(engine, finding, request));
  const broken = [...quality, ...findQuality(profile, counts, { missingRise: comparisonMissingRise, segment: "" })];
  return { ...none, ...judgeComparison(findings, broken), findings: correctTogether(findings), quality: broken };
}

async function settle(engine: CountEngine, finding: Finding, request: CompareFilesRequest): Promise<Finding> {
  if (finding.test !== "ks" || finding.lower === finding.upper) return finding;
  if (!request.exact && !undecided(finding)) return finding;
  const { feature } = finding;
  const exact = await engine.exactKolmogorovSmirnov({ baseline: request.baseline, live: request.live, feature });
  return withExact(finding, exact.statistic, request.floor);
}
