import type { CheckLimits } from "../../core/calibration/calibrate.ts";
import type { Finding, QualityFinding } from "../../core/drift/finding.ts";
import { type Judgement, judge } from "../../core/drift/judge.ts";
import { missingRise } from "../../core/drift/quality.ts";
import { ruleFacts } from "../../core/drift/rule-facts.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { watchedFeatures } from "../../core/policy/watched-features.ts";
import type { Profile } from "../../core/profile/bins.ts";
import type { Limits, Profiles, Seasons } from "../../ports/lookups.ts";
import type { CheckRow, ModelRow } from "../../ports/state.ts";
import { type CountPorts, gatherCounts } from "./gather-counts.ts";
import { matchSeason } from "./match-season.ts";
import { measurePerformance, type Performance } from "./measure-performance.ts";
import { enough, featureNames, inputQuality, testDrift } from "./test-drift.ts";

export interface EvaluationPorts extends CountPorts {
  readonly profiles: Profiles;
  /** Limits calibrated on the baseline; without it rows count as independent and the budget is spread over the checks. */
  readonly limits?: Limits;
  /** Baselines by calendar, counted once; without it each check counts its own. */
  readonly seasons?: Seasons;
}

/** What a check saw of its window. */
export interface WindowEvaluation {
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  readonly performance: Performance | undefined;
  readonly judgement: Judgement;
}

/**
 * Evaluates a check's window by a policy: counts, tests, quality, performance, and what every rule says. Nothing is
 * decided or recorded here, so that a replay over the recorded past asks the very same.
 */
export async function evaluateWindow(
  ports: EvaluationPorts,
  row: CheckRow,
  model: ModelRow,
  policy: Policy,
): Promise<WindowEvaluation> {
  const { versionId, baselineId } = row;
  const window = { start: row.windowStart, end: row.windowEnd };
  const range = { from: window.start, to: window.end, asOfSeq: row.asOfSeq };
  const [version, baseline, profile, files] = await Promise.all([
    versionId === undefined ? undefined : ports.state.versions.get(versionId),
    baselineId === undefined ? undefined : ports.state.baselines.get(baselineId),
    baselineId === undefined ? nothingProfiled : ports.profiles.of(baselineId),
    ports.state.log.files(row.modelId, "predictions", range),
  ]);
  const gathering = { modelId: row.modelId, baselineId, profile, window, files };
  const counts = await gatherCounts(ports, { ...gathering, segment: "" });
  const limits =
    baselineId === undefined
      ? undefined
      : await ports.limits?.of({ modelId: row.modelId, baselineId, profile, policy });
  const performance =
    version === undefined
      ? undefined
      : await measurePerformance(ports, row, model, policy, { name: version.name, metrics: baseline?.metrics ?? {} });
  const unseen = enough(counts.rows, policy) ?? (baseline === undefined ? "no baseline" : undefined);
  const sound = unseen === undefined && version !== undefined;
  const compared = sound ? await matchSeason(ports, policy, { ...gathering, segment: "" }) : profile;
  const drift = sound ? await testDrift(ports, policy, version.name, { ...gathering, limits, compared }, counts) : [];
  const quality = sound ? inputQuality(policy, compared, counts) : [];
  const facts = ruleFacts({
    rows: counts.rows,
    findings: drift,
    watched: watchedFeatures(policy, featureNames(profile)),
    quality,
    missingRise: sound ? missingRise(compared, counts) : {},
    performance: (performance?.findings ?? []).map((finding) => ({ ...finding, ...confidenceOf(limits) })),
    withoutDrift: unseen,
    withoutPerformance: performance === undefined ? "no version serves yet" : performance.without,
  });
  return { rows: counts.rows, findings: drift, quality, performance, judgement: judge(policy, facts, quality, unseen) };
}

function confidenceOf(limits: CheckLimits | undefined): { readonly confidence?: number } {
  return limits === undefined ? {} : { confidence: limits.performanceConfidence };
}

const nothingProfiled: Profile = { bins: [], counts: { rows: 0, features: [] } };
