import type { Finding, QualityFinding } from "../../core/drift/finding.ts";
import { type Judgement, judge } from "../../core/drift/judge.ts";
import { missingRise } from "../../core/drift/quality.ts";
import { ruleFacts } from "../../core/drift/rule-facts.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { watchedFeatures } from "../../core/policy/watched-features.ts";
import type { Profile } from "../../core/profile/bins.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies, Profiles } from "../../ports/lookups.ts";
import type { CheckRow, ModelRow, State } from "../../ports/state.ts";
import { gatherCounts } from "./gather-counts.ts";
import { measurePerformance, type Performance } from "./measure-performance.ts";
import { enough, featureNames, inputQuality, testDrift } from "./test-drift.ts";

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
  const performance =
    version === undefined
      ? undefined
      : await measurePerformance(ports, row, model, policy, { name: version.name, metrics: baseline?.metrics ?? {} });
  const unseen = enough(counts.rows, policy) ?? (baseline === undefined ? "no baseline" : undefined);
  const sound = unseen === undefined && version !== undefined;
  const drift = sound ? await testDrift(ports, policy, version.name, gathering, counts) : [];
  const quality = sound ? inputQuality(policy, profile, counts) : [];
  const facts = ruleFacts({
    rows: counts.rows,
    findings: drift,
    watched: watchedFeatures(policy, featureNames(profile)),
    quality,
    missingRise: sound ? missingRise(profile, counts) : {},
    performance: performance?.findings ?? [],
    withoutDrift: unseen,
    withoutPerformance: performance === undefined ? "no version serves yet" : performance.without,
  });
  return { rows: counts.rows, findings: drift, quality, performance, judgement: judge(policy, facts, quality, unseen) };
}

const nothingProfiled: Profile = { bins: [], counts: { rows: 0, features: [] } };

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
