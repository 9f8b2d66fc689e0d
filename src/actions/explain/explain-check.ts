import type { Finding } from "../../core/drift/finding.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import { compareRecord, type RecordComparison } from "../../core/replay/compare-record.ts";
import { type CheckGrounds, type DecidingPolicy, limitGrounds } from "../../core/replay/explanation.ts";
import type { CheckRow } from "../../ports/state.ts";
import { evaluateWindow } from "../../stages/check/evaluate-window.ts";
import { sensitiveSince } from "../../stages/sensitive-now.ts";
import { type ModelCheck, readCheck } from "../check-model.ts";
import type { ExplainPorts } from "./ports.ts";

/** A check with all that its verdict came from. */
export interface CheckExplanation {
  readonly about: "check";
  readonly grounds: CheckGrounds;
  readonly check: ModelCheck;
  /** Undefined for a check that was never evaluated. */
  readonly recomputed: RecordComparison | undefined;
}

export async function explainCheck(ports: ExplainPorts, check: CheckRow): Promise<CheckExplanation> {
  const { state } = ports;
  const [model, policy, findings, outcomes, decisions] = await Promise.all([
    state.models.get(check.modelId),
    ports.policies.of(check.policyRevisionId),
    state.checks.findings(check.id),
    state.checks.ruleOutcomes(check.id),
    state.decisions.ofCheck(check.id),
  ]);
  const bodies = findings.map(({ body }) => body as Finding);
  const { alarmBudget: budget, floor } = policy.drift;
  return {
    about: "check",
    grounds: {
      ...{ id: check.id, model: model.name, slot: check.slotAt, asOfSeq: check.asOfSeq },
      rules: outcomes.map(({ body }) => body as RuleOutcome),
      policy: await decidingPolicy(ports, check.policyRevisionId),
      limits: limitGrounds(bodies, { budget, floor }),
      decisions: decisions.map(({ rule, action, outcome, reason, at }) => ({ rule, action, outcome, reason, at })),
    },
    check: await readCheck(state, check.id, await sensitiveSince(ports, model.name, policy)),
    recomputed: check.state === "done" ? await evaluateAgain(ports, check) : undefined,
  };
}

export async function decidingPolicy(
  { state }: Pick<ExplainPorts, "state">,
  revisionId: string,
): Promise<DecidingPolicy> {
  const { path, gitCommit, seq } = await state.policies.get(revisionId);
  return { path, commit: gitCommit, revision: seq };
}

/** Evaluates a check again from stored counts and rows, and compares with what was recorded. */
async function evaluateAgain(ports: ExplainPorts, check: CheckRow): Promise<RecordComparison> {
  const { state } = ports;
  const [model, policy, findings, outcomes] = await Promise.all([
    state.models.get(check.modelId),
    ports.policies.of(check.policyRevisionId),
    state.checks.findings(check.id),
    state.checks.ruleOutcomes(check.id),
  ]);
  const seen = await evaluateWindow(ports, check, model, policy);
  return compareRecord(
    {
      ...{ verdict: check.verdict, reason: check.reason, rows: check.rowCount },
      ...{ quality: check.quality, performance: check.performance },
      findings: byName(findings.map(({ body }) => body as Finding)),
      segments: check.segments ?? [],
      rules: Object.fromEntries(outcomes.map(({ rule, segment, body }) => [ruleKey({ rule, segment }), body])),
    },
    {
      ...{ verdict: seen.judgement.verdict, reason: seen.judgement.reason, rows: seen.rows },
      ...{ quality: seen.quality, performance: seen.performance ?? {} },
      findings: byName(seen.findings),
      segments: seen.segments,
      rules: Object.fromEntries(seen.judgement.outcomes.map((outcome) => [ruleKey(outcome), outcome])),
    },
  );
}

function byName(findings: readonly Finding[]): Readonly<Record<string, Finding>> {
  return Object.fromEntries(
    findings.map((finding) => [named(`${finding.feature} ${finding.test}`, finding.segment), finding]),
  );
}

function ruleKey({ rule, segment }: { readonly rule: string; readonly segment: string }): string {
  return named(rule, segment);
}

function named(name: string, segment: string): string {
  return segment === "" ? name : `${name} [${segment}]`;
}
