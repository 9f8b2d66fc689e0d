import type { Explanation } from "../core/drift/explain-rows.ts";
import type { Finding, QualityFinding } from "../core/drift/finding.ts";
import { fitToLeave } from "../core/drift/fit-to-leave.ts";
import type { RuleOutcome } from "../core/drift/judge.ts";
import { outcomesToLeave } from "../core/drift/outcomes-to-leave.ts";
import type { PerformanceFinding } from "../core/drift/rule-facts.ts";
import { type SegmentSight, sightsOf, sightsToLeave } from "../core/drift/segment-sight.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Policy } from "../core/policy/policy.ts";
import { inForceAt, type QuarantinedHours } from "../core/quarantine/quarantine.ts";
import { millisecondsPer } from "../core/units.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Ids } from "../ports/ids.ts";
import type { CheckRow, ModelRow, State } from "../ports/state.ts";
import { type CheckPorts, check } from "../stages/check/check.ts";
import { planCheck } from "../stages/check/plan-check.ts";

export interface ModelCheck {
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly window: { readonly start: string; readonly end: string; readonly rows: number };
  readonly baseline: { readonly rows: number; readonly version?: string };
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  readonly performance: readonly PerformanceFinding[];
  /** The segments that rules are asked of; none where they are asked of all rows. */
  readonly segments: readonly SegmentSight[];
  /** What each rule of the policy said, those of segments segment by segment. */
  readonly outcomes: readonly RuleOutcome[];
  /** Which rows carry the drift, where that is known. */
  readonly explanation: Explanation | undefined;
  /** Quarantines that kept hours out of its window, with how many in all; undefined where none did. */
  readonly quarantined: QuarantinedHours | undefined;
}

/**
 * Checks a model's latest window now. What it finds is recorded, but feeds no incident: only scheduled checks do.
 *
 * @throws NotFound when there is no such model, Conflict when it has no policy yet
 */
export async function checkModel(ports: CheckPorts & { readonly ids: Ids }, name: string): Promise<ModelCheck> {
  const model = await requireModel(ports.state, name);
  if (model.policyRevision === undefined)
    throw new DriftwardError("Conflict", `expected a policy for ${name}, found none`, {
      hint: "write one under policies/ and run `driftward apply`",
    });
  const policy = await ports.policies.of(model.policyRevision);
  const planned = plan(ports, model, policy);
  await ports.state.transaction((tx) => tx.checks.insert(planned));
  await check(ports, { checkId: planned.id });
  return readCheck(ports.state, planned.id, policy.data.sensitive);
}

/** The model of this name; an error that lists what there is otherwise. */
export async function requireModel(state: State, name: string): Promise<ModelRow> {
  const model = await state.models.find(name);
  if (model !== undefined) return model;
  const names = (await state.models.list()).map((one) => one.name);
  throw new DriftwardError("NotFound", `expected a model that Driftward knows, got "${name}"`, {
    hint: names.length === 0 ? "`driftward baseline MODEL VERSION FILE` makes the first" : `known: ${names.join(", ")}`,
  });
}

/** What a finished check recorded, as it may leave the machine: it may end in a report. */
export async function readCheck(state: State, checkId: string, sensitive: readonly string[]): Promise<ModelCheck> {
  const row = await state.checks.get(checkId);
  const findings = await state.checks.findings(checkId);
  const outcomes = (await state.checks.ruleOutcomes(checkId)).map(({ body }) => body as RuleOutcome);
  const version = row.versionId === undefined ? undefined : await state.versions.get(row.versionId);
  const baseline = row.baselineId === undefined ? undefined : await state.baselines.get(row.baselineId);
  const performance = row.performance as { readonly findings?: readonly PerformanceFinding[] };
  const seen = {
    rows: row.rowCount ?? 0,
    findings: findings.map((finding) => finding.body as Finding),
    quality: row.quality as readonly QualityFinding[],
    performance: performance.findings ?? [],
  };
  const { rows, ...shown } = fitToLeave(seen, sensitive);
  return {
    verdict: row.verdict ?? "inconclusive",
    reason: row.reason,
    window: { start: row.windowStart.toISOString(), end: row.windowEnd.toISOString(), rows },
    baseline: { rows: baseline?.rowCount ?? 0, ...(version === undefined ? {} : { version: version.name }) },
    ...shown,
    segments: sightsToLeave(sightsOf(row), sensitive),
    outcomes: outcomesToLeave(outcomes, { ...seen, segments: sightsOf(row) }, sensitive),
    explanation: explanationToLeave(row.explanation as Explanation | undefined, sensitive),
    quarantined: await quarantinedHours(state, row),
  };
}

/** A column may have become sensitive since: then no condition on it is told. */
function explanationToLeave(
  explanation: Explanation | undefined,
  sensitive: readonly string[],
): Explanation | undefined {
  return explanation?.conditions.some(({ feature }) => sensitive.includes(feature)) === true ? undefined : explanation;
}

async function quarantinedHours(state: State, row: CheckRow): Promise<QuarantinedHours | undefined> {
  if (row.quarantined === 0) return undefined;
  const known = inForceAt(await state.quarantines.list(row.modelId), row.asOfSeq);
  const by = known.filter(({ from, to }) => from < row.windowEnd && to > row.windowStart);
  return { hours: row.quarantined, by: by.map(({ number, reason }) => ({ number, reason })) };
}

function plan(ports: CheckPorts & { readonly ids: Ids }, model: ModelRow, policy: Policy): CheckRow {
  const now = ports.clock.now();
  const end = new Date(Math.floor(now.getTime() / millisecondsPer.h) * millisecondsPer.h);
  return planCheck({
    id: ports.ids.next(),
    modelId: model.id,
    slotKey: "",
    slotAt: end,
    spanMs: policy.window.spanMs,
    policyRevisionId: model.policyRevision ?? "",
    versionId: model.championVersion,
    baselineId: model.championBaseline,
    asOfSeq: model.logSeq,
    createdAt: now,
  });
}
