import type { ChainedEntry } from "../../core/audit/audit-entry.ts";
import { approvalsIn, evidenceRecord, type UnsignedEvidence } from "../../core/audit/evidence.ts";
import type { ModelRow, RunRow, StateReads, VersionRow } from "../../ports/state.ts";

export interface Promotion {
  readonly model: ModelRow;
  readonly version: VersionRow;
  readonly run: RunRow;
}

type Training = UnsignedEvidence["statement"]["training"];

/** Runs of a model among which the refused alternatives are looked for. */
const shownRuns = 200;

/** What led to a promotion: policy, data, training, gates, alternatives, words. */
export async function stateEvidence(
  state: StateReads,
  promotion: Promotion,
  records: readonly ChainedEntry[],
): Promise<UnsignedEvidence["statement"]> {
  const { model, version, run } = promotion;
  const payload = (kind: string) => payloadOf(records.find((one) => one.kind === kind && one.subject === run.id));
  const [passed, evaluating] = [payload("run passed its gates"), payload("run evaluating")];
  return {
    model: model.name,
    version: { name: version.name, artifact: version.artifact ?? null, created_at: version.createdAt },
    run: await runOf(state, run),
    policy: await policyOf(state, run),
    training: { lineage: version.lineage as Training["lineage"], result: evaluating["result"] ?? null },
    gates: (passed["gates"] ?? []) as Record<string, unknown>[],
    metrics: passed["metrics"] ?? [],
    approvals: [...approvalsIn(records.map(evidenceRecord), run.id)],
    refused_alternatives: await alternativesTo(state, run),
  };
}

function payloadOf(record: ChainedEntry | undefined): Readonly<Record<string, unknown>> {
  return record === undefined ? {} : (JSON.parse(record.payload) as Record<string, unknown>);
}

async function runOf(state: StateReads, run: RunRow) {
  const attempts = await state.runs.attempts(run.id);
  const [started] = await state.records.after({ subjects: [run.id], kind: "run started" }, 1, 0);
  const incident = run.incidentId === undefined ? undefined : await state.incidents.get(run.incidentId);
  const decision = run.decisionId === undefined ? undefined : await state.decisions.get(run.decisionId);
  const outcomes = decision === undefined ? [] : await state.checks.ruleOutcomes(decision.checkId);
  const rule = outcomes.find((one) => one.rule === decision?.rule && one.segment === decision.segment);
  return {
    ...{ id: run.id, number: run.number, trainer: run.trainer, reason: run.reason, outcome: run.outcome ?? null },
    ...{ asked_by: started?.actor ?? null, created_at: run.createdAt, finished_at: run.finishedAt ?? null },
    ...{ incident: incident?.number ?? null, check: decision?.checkId ?? null, rule: rule?.body ?? null },
    attempts: attempts.map(({ n, runner, state: end, startedAt, finishedAt, exitCode }) => ({
      ...{ n, runner, state: end, started_at: startedAt, finished_at: finishedAt ?? null, exit_code: exitCode ?? null },
    })),
  };
}

async function policyOf(state: StateReads, run: RunRow) {
  const { path, gitCommit, author, seq, digest, source, appliedAt } = await state.policies.get(run.policyRevisionId);
  return {
    ...{ path, revision: seq, commit: gitCommit ?? null, author: author ?? null, applied_at: appliedAt },
    ...{ digest, text: source },
  };
}

/** Runs since the promotion before that came to nothing: what could have served instead, and why it does not. */
async function alternativesTo(state: StateReads, run: RunRow) {
  const earlier = (await state.runs.recent(run.modelId, shownRuns)).filter(({ number }) => number < run.number);
  const until = earlier.findIndex((one) => one.state === "promoted");
  const tried = until < 0 ? earlier : earlier.slice(0, until);
  return Promise.all(
    tried.map(async ({ id, number, state: end, outcome, createdAt }) => ({
      ...{ run: number, state: end, outcome: outcome ?? null, created_at: createdAt },
      gates: (await state.runs.gates(id)).map(({ body }) => body),
    })),
  );
}
