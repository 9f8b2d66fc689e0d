import { compare, correctTogether, undecided, withExact } from "../core/drift/compare.ts";
import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import { findQuality } from "../core/drift/quality.ts";
import { predictionFeature } from "../core/drift/rule-facts.ts";
import { DriftwardError } from "../core/errors.ts";
import type { DriftTest } from "../core/policy/policy.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Column, CountEngine, DataFiles, FeatureRequest } from "../ports/count-engine.ts";

export interface CompareFilesRequest {
  readonly baseline: DataFiles;
  readonly live: DataFiles;
  /** Chance of a false alarm of the whole comparison, in (0, 1). */
  readonly alarmRate: number;
  readonly floor: number;
  /** Rows that each side needs, at least, for a verdict. */
  readonly minRows: number;
  readonly tests: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
  /** Exact distances for every feature, not only where the bounds leave the verdict open. */
  readonly exact: boolean;
  /** Features to look at; all that both files have when absent. */
  readonly features?: readonly string[];
}

export interface Comparison {
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly baselineRows: number;
  readonly liveRows: number;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  /** Columns that were left out, and why. */
  readonly skipped: readonly { readonly column: string; readonly reason: string }[];
}

/** Columns of the contract that are neither features nor the prediction. */
const roles: ReadonlySet<string> = new Set([
  "prediction_id",
  "timestamp",
  "model_version",
  "entity_id",
  "label",
  "label_timestamp",
]);

/** By how much the share of missing values may rise before the input counts as broken: five percentage points. */
const missingRise = 0.05;

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
  const { features, quality, skipped } = pair(before.columns, now.columns, request);
  const none = { baselineRows: before.rows, liveRows: now.rows, findings: [], quality, skipped };
  const few = tooFew(before.rows, now.rows, request.minRows);
  if (few !== undefined) return { verdict: "inconclusive", reason: few, ...none };
  const profile = await engine.profile({ files: request.baseline, features, edges: 4096 });
  const groups = await engine.count({ files: request.live, bins: profile.bins });
  const counts = groups.find((group) => group.segment === "")?.counts;
  if (counts === undefined) throw new DriftwardError("EngineFailed", "the engine counted nothing");
  const number = features.reduce((sum, feature) => sum + request.tests[feature.kind].length, 0);
  const options = { tests: request.tests, alphaPerTest: request.alarmRate / number, floor: request.floor, segment: "" };
  const findings: Finding[] = [];
  for (const finding of compare(profile, counts, options)) findings.push(await settle(engine, finding, request));
  const broken = [...quality, ...findQuality(profile, counts, { missingRise, segment: "" })];
  return { ...none, ...judge(findings, broken), findings: correctTogether(findings), quality: broken };
}

/** Which columns are tested, as what; and what is odd about the columns themselves. */
function pair(before: readonly Column[], now: readonly Column[], request: CompareFilesRequest) {
  const live = new Map(now.map((column) => [column.name, column]));
  const known = new Set(before.map((column) => column.name));
  const features: FeatureRequest[] = [];
  const quality: QualityFinding[] = [];
  const skipped: { column: string; reason: string }[] = [];
  requireKnown(request.features, before);
  for (const { name, type } of before) {
    const other = live.get(name);
    if (roles.has(name) || request.features?.includes(name) === false) continue;
    const kind = kindOf(type);
    if (other === undefined)
      quality.push({
        feature: name,
        segment: "",
        kind: "vanished",
        severity: "critical",
        message: `${name} is not in the live file`,
      });
    else if (kind === undefined) skipped.push({ column: name, reason: `columns of type ${type} are not compared` });
    else features.push({ name, kind });
  }
  for (const { name } of now)
    if (!known.has(name) && !roles.has(name)) skipped.push({ column: name, reason: "it is not in the baseline" });
  if (features.length === 0)
    throw new DriftwardError("InvalidData", "expected columns that both files have, found none to compare", {
      hint: `baseline: ${names(before)}; live: ${names(now)}`,
    });
  return { features, quality, skipped };
}

function requireKnown(wanted: readonly string[] | undefined, columns: readonly Column[]): void {
  const missing = wanted?.filter((name) => !columns.some((column) => column.name === name)) ?? [];
  if (missing.length > 0)
    throw new DriftwardError("InvalidData", `expected ${missing.join(", ")} in the baseline, found ${names(columns)}`);
}

function names(columns: readonly Column[]): string {
  const shown = columns.slice(0, 12).map((column) => column.name);
  return (
    shown.join(", ") + (columns.length > shown.length ? ` and ${columns.length - shown.length} more` : "") ||
    "no columns"
  );
}

function kindOf(type: Column["type"]): FeatureRequest["kind"] | undefined {
  if (type === "numeric") return "numeric";
  return type === "text" || type === "boolean" ? "categorical" : undefined;
}

function tooFew(baselineRows: number, liveRows: number, minRows: number): string | undefined {
  if (baselineRows < minRows) return `the baseline has only ${baselineRows} rows of the ${minRows} needed`;
  return liveRows < minRows ? `the live file has only ${liveRows} rows of the ${minRows} needed` : undefined;
}

async function settle(engine: CountEngine, finding: Finding, request: CompareFilesRequest): Promise<Finding> {
  if (finding.test !== "ks" || finding.lower === finding.upper) return finding;
  if (!request.exact && !undecided(finding)) return finding;
  const { feature } = finding;
  const exact = await engine.exactKolmogorovSmirnov({ baseline: request.baseline, live: request.live, feature });
  return withExact(finding, exact.statistic, request.floor);
}

function judge(
  findings: readonly Finding[],
  quality: readonly QualityFinding[],
): Pick<Comparison, "verdict" | "reason"> {
  if (quality.some((finding) => finding.severity === "critical"))
    return { verdict: "critical", reason: "the input is broken" };
  if (findings.some((finding) => finding.drifted)) return { verdict: "warning", reason: undefined };
  if (findings.length === 0) return { verdict: "inconclusive", reason: "no feature has values on both sides" };
  return { verdict: "ok", reason: undefined };
}

/** Whether a finding is about the model's prediction rather than one of its inputs. */
export function isPrediction(finding: Pick<Finding, "feature">): boolean {
  return finding.feature === predictionFeature;
}
