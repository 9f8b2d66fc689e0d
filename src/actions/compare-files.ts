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
import { findQuality, withDamage } from "../core/drift/quality.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Counts, Profile } from "../core/profile/bins.ts";
import type { CountEngine, DataFiles, RowFilter } from "../ports/count-engine.ts";

export interface CompareFilesRequest extends ComparisonRules {
  readonly baseline: DataFiles;
  readonly live: DataFiles;
  /** Exact distances for every feature, not only where the bounds leave the verdict open. */
  readonly exact: boolean;
  /** Features to look at; all that both files have when absent. */
  readonly features?: readonly string[];
}

/** A comparison with the counts that it rests on; none where a side had too few rows. */
export interface CountedComparison {
  readonly comparison: Comparison;
  readonly counted: { readonly profile: Profile; readonly counts: Counts } | undefined;
}

/**
 * Compares two files without any state: every column that both have is tested, under one rule: any feature drifted is a
 * warning.
 *
 * @throws InvalidData when a file cannot be read or they share no column, InvalidInput when a number is out of range
 */
export async function compareFiles(engine: CountEngine, request: CompareFilesRequest): Promise<Comparison> {
  return (await countAndCompare(engine, request)).comparison;
}

/** The same, with the counts. */
export async function countAndCompare(engine: CountEngine, request: CompareFilesRequest): Promise<CountedComparison> {
  if (!(request.alarmRate > 0 && request.alarmRate < 1))
    throw new DriftwardError("InvalidInput", `expected an alarm rate between 0 and 1, got ${request.alarmRate}`);
  const [before, now] = [await engine.describe(request.baseline), await engine.describe(request.live)];
  const { features, quality, skipped } = pairColumns(before.columns, now.columns, request.features);
  const none = { baselineRows: before.rows, liveRows: now.rows, findings: [], quality, skipped };
  const few = tooFewRows(before.rows, now.rows, request.minRows);
  if (few !== undefined) return { comparison: { verdict: "inconclusive", reason: few, ...none }, counted: undefined };
  const { baseline, live, exact } = request;
  const sides = await engine.compareSides({ baseline, live, features, edges: comparisonEdges, exact });
  const { profile, counts } = sides;
  const distances = new Map(profile.bins.map(({ name }, f) => [name, sides.distances[f]]));
  const number = features.reduce((sum, feature) => sum + request.tests[feature.kind].length, 0);
  const options = { tests: request.tests, alphaPerTest: request.alarmRate / number, floor: request.floor, segment: "" };
  const findings: Finding[] = [];
  for (const finding of compare(profile, counts, options)) {
    const known = finding.test === "ks" ? distances.get(finding.feature) : undefined;
    findings.push(
      known === undefined ? await settle(engine, finding, request) : withExact(finding, known, request.floor),
    );
  }
  const damage = findQuality(profile, counts, { missingRise: comparisonMissingRise, segment: "" });
  const broken = withDamage(quality, damage);
  const judged = { ...judgeComparison(findings, broken), findings: correctTogether(findings), quality: broken };
  return { comparison: { ...none, ...judged }, counted: { profile, counts } };
}

/** A KS finding whose bounds leave its verdict open, with the exact distance; others as they are. */
export async function settle(
  engine: CountEngine,
  finding: Finding,
  request: CompareFilesRequest,
  liveFilter?: RowFilter,
): Promise<Finding> {
  if (finding.test !== "ks" || finding.lower === finding.upper) return finding;
  if (!request.exact && !undecided(finding)) return finding;
  const { feature } = finding;
  const sides = { baseline: request.baseline, live: request.live, feature };
  const exact = await engine.exactKolmogorovSmirnov(liveFilter === undefined ? sides : { ...sides, liveFilter });
  return withExact(finding, exact.statistic, request.floor);
}
