import { alphaPerCheck } from "../../core/drift/alarm-rate.ts";
import { compare, correctTogether, undecided, withExact } from "../../core/drift/compare.ts";
import type { Finding, QualityFinding } from "../../core/drift/finding.ts";
import { type Judgement, judge } from "../../core/drift/judge.ts";
import { findQuality, missingRise } from "../../core/drift/quality.ts";
import { predictionFeature, ruleFacts } from "../../core/drift/rule-facts.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { watchedFeatures } from "../../core/policy/watched-features.ts";
import { isClassScore, isContractName } from "../../core/prediction/contract.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { averageInterval } from "../../core/schedule/average-interval.ts";
import { formatDuration } from "../../core/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies, Profiles } from "../../ports/lookups.ts";
import type { CheckRow, ModelRow, State, VersionRow } from "../../ports/state.ts";
import { gatherCounts } from "./gather-counts.ts";
import { measurePerformance, type Performance } from "./measure-performance.ts";

export interface CheckPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly clock: Clock;
  readonly policies: Policies;
  readonly profiles: Profiles;
}

/** What a check saw of its window. */
interface Seen {
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  readonly performance: Performance | undefined;
  readonly judgement: Judgement;
}

/**
 * Evaluates one planned check: counts its window, tests it against the baseline pinned with it, measures the mature
 * rows, asks every rule, and records all of it with the verdict in one transaction. A check that is done is left alone.
 */
export async function check(
  ports: CheckPorts,
  input: { readonly checkId: string; readonly taskId?: string },
): Promise<void> {
  const row = await ports.state.checks.get(input.checkId);
  if (row.state !== "planned") return;
  const [model, policy] = await Promise.all([
    ports.state.models.get(row.modelId),
    ports.policies.of(row.policyRevisionId),
  ]);
  const seen = await look(ports, row, model, policy);
  await record(ports, row, seen, input.taskId);
}

async function look(ports: CheckPorts, row: CheckRow, model: ModelRow, policy: Policy): Promise<Seen> {
  if (row.baselineId === undefined || row.versionId === undefined) return unseen(policy, 0, "no baseline");
  const [profile, version, baseline] = await Promise.all([
    ports.profiles.of(row.baselineId),
    ports.state.versions.get(row.versionId),
    ports.state.baselines.get(row.baselineId),
  ]);
  const window = { start: row.windowStart, end: row.windowEnd };
  const range = { from: window.start, to: window.end, asOfSeq: row.asOfSeq };
  const files = await ports.state.log.files(row.modelId, "predictions", range);
  const gathering = { modelId: row.modelId, baselineId: row.baselineId, profile, window, files };
  const counts = await gatherCounts(ports, { ...gathering, segment: "" });
  const { metrics } = baseline;
  const performance = await measurePerformance(ports, row, model, policy, { name: version.name, metrics });
  const drift = await testDrift(ports, policy, profile, version, gathering, counts);
  const quality = enough(counts.rows, policy) === undefined ? inputQuality(policy, profile, counts) : [];
  const watched = watchedFeatures(policy, featureNames(profile));
  const facts = ruleFacts({
    rows: counts.rows,
    findings: drift,
    watched,
    quality,
    missingRise: quality.length === 0 && drift.length === 0 ? {} : missingRise(profile, counts),
    performance: performance.findings,
    withoutDrift: enough(counts.rows, policy),
    withoutPerformance: performance.without,
  });
  const judgement = judge(policy, facts, quality, enough(counts.rows, policy));
  return { rows: counts.rows, findings: drift, quality, performance, judgement };
}

function unseen(policy: Policy, rows: number, reason: string): Seen {
  const facts = ruleFacts({
    rows,
    findings: [],
    watched: [],
    quality: [],
    missingRise: {},
    performance: [],
    withoutDrift: reason,
    withoutPerformance: reason,
  });
  return { rows, findings: [], quality: [], performance: undefined, judgement: judge(policy, facts, [], reason) };
}

/** Why a window of so many rows says nothing, or undefined when there are enough. */
function enough(rows: number, policy: Policy): string | undefined {
  const { minRows, spanMs } = policy.window;
  if (rows === 0) return `no predictions in ${formatDuration(spanMs)}`;
  return rows < minRows ? `only ${rows} rows of the ${minRows} needed` : undefined;
}

type Gathering = Omit<Parameters<typeof gatherCounts>[1], "segment">;

async function testDrift(
  ports: CheckPorts,
  policy: Policy,
  profile: Profile,
  version: VersionRow,
  gathering: Gathering,
  counts: Parameters<typeof compare>[1],
): Promise<readonly Finding[]> {
  if (enough(counts.rows, policy) !== undefined) return [];
  const watched = watchedFeatures(policy, featureNames(profile));
  const hasPrediction = profile.bins.some((bins) => bins.name === predictionFeature);
  const tests = policy.drift.tests;
  const tested = profile.bins.filter((bins) => watched.includes(bins.name) || bins.name === predictionFeature);
  const number = tested.reduce((sum, bins) => sum + tests[bins.kind].length, 0);
  const alphaPerTest = alphaPerCheck(policy.drift.alarmBudget, averageInterval(policy.schedule)) / Math.max(1, number);
  const options = { tests, alphaPerTest, floor: policy.drift.floor, segment: "" };
  const findings = [...compare(profile, counts, { ...options, only: new Set<string>(watched) })];
  if (hasPrediction) {
    // Inputs are everyone's; the prediction is only this version's.
    const own = await gatherCounts(ports, { ...gathering, segment: `model_version=${version.name}` });
    if (enough(own.rows, policy) === undefined)
      findings.push(...compare(profile, own, { ...options, only: new Set<string>([predictionFeature]) }));
  }
  return correctTogether(
    await Promise.all(findings.map((finding) => settle(ports, finding, gathering, policy, version.name))),
  );
}

/** The finding with its exact distance, where the bounds do not settle its verdict. */
async function settle(
  ports: CheckPorts,
  finding: Finding,
  gathering: Gathering,
  policy: Policy,
  version: string,
): Promise<Finding> {
  if (finding.test !== "ks" || !undecided(finding)) return finding;
  const baseline = ports.log.locate({ path: ports.log.baselinePath(gathering.modelId, gathering.baselineId) });
  const rowsOf = finding.feature === predictionFeature ? { modelVersion: version } : {};
  const exact = await ports.engine.exactKolmogorovSmirnov({
    baseline: { paths: [baseline], format: "parquet" },
    live: { paths: gathering.files.map((file) => ports.log.locate(file)), format: "parquet" },
    feature: finding.feature,
    liveFilter: { from: gathering.window.start, to: gathering.window.end, ...rowsOf },
  });
  return withExact(finding, exact.statistic, policy.drift.floor);
}

function inputQuality(
  policy: Policy,
  profile: Profile,
  counts: Parameters<typeof compare>[1],
): readonly QualityFinding[] {
  const only = new Set<string>(watchedFeatures(policy, featureNames(profile)));
  return findQuality(profile, counts, { missingRise: policy.quality.missingRise, segment: "", only });
}

/** The inputs among what a profile holds: the prediction and its scores are outputs, and only one version's. */
function featureNames(profile: Profile): readonly string[] {
  return profile.bins.map((bins) => bins.name).filter((name) => !isContractName(name) && !isClassScore(name));
}

async function record(ports: CheckPorts, row: CheckRow, seen: Seen, taskId: string | undefined): Promise<void> {
  const { judgement } = seen;
  await ports.state.transaction(async (tx) => {
    const finished = await tx.checks.finish(row.id, {
      state: "done",
      verdict: judgement.verdict,
      reason: judgement.reason,
      rowCount: seen.rows,
      quality: seen.quality,
      performance: seen.performance ?? {},
      doneAt: ports.clock.now(),
      versionId: row.versionId,
      baselineId: row.baselineId,
    });
    if (finished) {
      const checkId = row.id;
      await tx.checks.insertFindings(seen.findings.map((body) => ({ checkId, ...keyOf(body), body })));
      await tx.checks.insertRuleOutcomes(judgement.outcomes.map((body) => ({ checkId, ...placeOf(body), body })));
      if (row.slotKey !== "") await tx.outbox.add([{ key: `decide-${row.id}`, kind: "decide", subject: row.modelId }]);
    }
    if (taskId !== undefined) await tx.outbox.done(taskId);
  });
}

function placeOf({ rule, segment, outcome, severity }: Judgement["outcomes"][number]) {
  return { rule, segment, outcome, severity };
}

function keyOf({ feature, segment, test }: Finding) {
  return { feature, segment, test };
}
