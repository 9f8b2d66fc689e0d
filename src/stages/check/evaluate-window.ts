import type { CheckLimits } from "../../core/calibration/calibrate.ts";
import { type Compare, compare, compareForVerdict } from "../../core/drift/compare.ts";
import type { Finding, QualityFinding, TestVerdict } from "../../core/drift/finding.ts";
import { type Judgement, judge } from "../../core/drift/judge.ts";
import { missingRise } from "../../core/drift/quality.ts";
import { type PerformanceFinding, ruleFacts } from "../../core/drift/rule-facts.ts";
import type { SegmentSight } from "../../core/drift/segment-sight.ts";
import { asksForP } from "../../core/policy/asks-of.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { profileFor } from "../../core/policy/profile-for.ts";
import { watchedFeatures } from "../../core/policy/watched-features.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { hoursWithin, quarantinedSpans, spansWithin } from "../../core/quarantine/quarantine.ts";
import { batchOfSlot, missedBatch } from "../../core/schedule/batch-slots.ts";
import { isBatch } from "../../core/schedule/schedule.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { BatchOfRows } from "../../ports/count-engine.ts";
import type { Limits, Profiles, Seasons } from "../../ports/lookups.ts";
import type { BaselineRow, CheckRow, ModelRow } from "../../ports/state.ts";
import { evaluateSegments } from "./evaluate-segments.ts";
import { type CountPorts, type GatherRequest, gatherCounts } from "./gather-counts.ts";
import { keptBaseline } from "./kept-baseline.ts";
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
export interface WindowEvaluation<Found extends TestVerdict = Finding> {
  readonly rows: number;
  /** Hours of the window that were in quarantine. */
  readonly quarantined: number;
  readonly findings: readonly Found[];
  readonly quality: readonly QualityFinding[];
  readonly performance: Performance | undefined;
  readonly judgement: Judgement;
  /** What it looked at. */
  readonly gathering: Omit<GatherRequest, "segment">;
  /** The segments that rules are asked of. */
  readonly segments: readonly SegmentSight[];
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
  return evaluate(ports, row, model, policy, compare);
}

/** The same judgement, to the bit, for whom does not read what was found beside it: most of the work is left out. */
export async function judgeWindow(
  ports: EvaluationPorts,
  row: CheckRow,
  model: ModelRow,
  policy: Policy,
): Promise<WindowEvaluation<TestVerdict>> {
  // Holm's p is of all tests together.
  if (asksForP(policy)) return evaluate(ports, row, model, policy, compare);
  return evaluate(ports, row, model, policy, compareForVerdict);
}

async function evaluate<Found extends TestVerdict>(
  ports: EvaluationPorts,
  row: CheckRow,
  model: ModelRow,
  policy: Policy,
  test: Compare<Found>,
): Promise<WindowEvaluation<Found>> {
  const { modelId, baselineId } = row;
  const { version, baseline, whole, spans, quarantined, missed, gathering } = await lookAt(ports, row, policy);
  const { profile, exceptOfBaseline } = gathering;
  const counts = await gatherCounts(ports, { ...gathering, segment: "" });
  const limits =
    baselineId === undefined
      ? undefined
      : await ports.limits?.of({ modelId, baselineId, profile: whole, policy, except: exceptOfBaseline });
  const performance =
    version === undefined
      ? undefined
      : await measurePerformance(
          ports,
          row,
          model,
          policy,
          { name: version.name, metrics: baseline?.metrics ?? {} },
          spans,
        );
  const few = missed ?? enough(counts.rows, policy);
  const unseen =
    few === undefined ? withoutBaseline(baseline, profile, policy) : andQuarantine(few, quarantined, policy);
  const sound = unseen === undefined && version !== undefined;
  const compared = sound ? await matchSeason(ports, policy, { ...gathering, segment: "" }) : profile;
  const asked = { ...gathering, limits, compared, compare: test };
  const drift = sound ? await testDrift(ports, policy, version.name, asked, counts) : [];
  const quality = sound ? inputQuality(policy, compared, counts) : [];
  const facts = ruleFacts({
    rows: counts.rows,
    findings: drift,
    watched: watchedFeatures(policy, featureNames(profile)),
    quality,
    missingRise: sound ? missingRise(compared, counts) : {},
    performance: (performance?.findings ?? []).map((finding) => ({ ...finding, ...spreadOf(finding.metric, limits) })),
    withoutDrift: unseen,
    withoutPerformance: performance === undefined ? "no version serves yet" : performance.without,
  });
  const seen = await evaluateSegments(ports, {
    ...{ policy, version: version?.name, gathering, limits, counts },
    ...{ broken: quality, compare: test },
  });
  const noted = [...quality, ...seen.quality];
  return {
    ...{ rows: counts.rows, quarantined, findings: [...drift, ...seen.findings], quality: noted, performance },
    ...{ gathering, segments: seen.sights, judgement: judge(policy, facts, noted, unseen, seen) },
  };
}

/** What a check is of: its rows, without those in quarantine, and what they are compared with. */
async function lookAt(ports: EvaluationPorts, row: CheckRow, policy: Policy) {
  const { modelId, versionId, baselineId } = row;
  const window = { start: row.windowStart, end: row.windowEnd };
  const range = { from: window.start, to: window.end, asOfSeq: row.asOfSeq };
  const [version, baseline, whole, files, quarantines] = await Promise.all([
    versionId === undefined ? undefined : ports.state.versions.get(versionId),
    baselineId === undefined ? undefined : ports.state.baselines.get(baselineId),
    baselineId === undefined ? nothingProfiled : ports.profiles.of(baselineId),
    ports.state.log.files(modelId, "predictions", range),
    ports.state.quarantines.list(modelId),
  ]);
  const spans = quarantinedSpans(quarantines, row.asOfSeq);
  const missed = missedBatch(row.slotKey);
  const except = missed === undefined ? spansWithin(spans, window) : [];
  const own = profileFor(policy, whole);
  const kept =
    baselineId === undefined
      ? { profile: own, except: [] }
      : await keptBaseline(ports, { modelId, baselineId, profile: own }, spans);
  const gathering = {
    ...{ modelId, baselineId, profile: kept.profile, window, except, exceptOfBaseline: kept.except },
    files: missed === undefined ? files : [],
    batch: batchOf(row, policy),
  };
  return { version, baseline, whole, spans, missed, gathering, quarantined: hoursWithin(except, window) };
}

function batchOf({ slotKey }: CheckRow, { schedule }: Policy): BatchOfRows | undefined {
  const value = isBatch(schedule) ? batchOfSlot(slotKey) : undefined;
  return isBatch(schedule) && value !== undefined ? { column: schedule.batch, value } : undefined;
}

function withoutBaseline(
  baseline: BaselineRow | undefined,
  { counts }: Profile,
  { baseline: { from } }: Policy,
): string | undefined {
  if (baseline === undefined) return "no baseline";
  if (from === "holdout" && Object.keys(baseline.metrics).length === 0)
    return "the baseline has no labels: baseline.from asks for rows that the version was evaluated on";
  const emptied = counts.rows === 0 && baseline.rowCount > 0;
  return emptied ? "every hour of the baseline is in quarantine" : undefined;
}

function andQuarantine(few: string, quarantined: number, { window }: Policy): string {
  if (quarantined === 0) return few;
  const hours = Math.round(quarantined * 10) / 10;
  return `${few}; ${hours} of its ${Math.round(window.spanMs / millisecondsPer.m / 6) / 10} hours are in quarantine`;
}

function spreadOf(
  metric: string,
  limits: CheckLimits | undefined,
): Pick<PerformanceFinding, "confidence" | "designEffect"> {
  if (limits === undefined) return {};
  const { performanceConfidence: confidence, performanceEffects: effects } = limits;
  return { confidence, designEffect: (Object.hasOwn(effects, metric) ? effects[metric] : undefined) ?? 1 };
}

const nothingProfiled: Profile = { bins: [], counts: { rows: 0, features: [] } };
