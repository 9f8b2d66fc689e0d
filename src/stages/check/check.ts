import type { Explanation } from "../../core/drift/explain-rows.ts";
import type { Finding } from "../../core/drift/finding.ts";
import type { Judgement } from "../../core/drift/judge.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { CheckRow } from "../../ports/state.ts";
import { type EvaluationPorts, evaluateWindow, type WindowEvaluation } from "./evaluate-window.ts";
import { explainDrift } from "./explain-drift.ts";

export interface CheckPorts extends EvaluationPorts {
  readonly clock: Clock;
  readonly policies: Policies;
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
  const seen = await evaluateWindow(ports, row, model, policy);
  await record(ports, row, { ...seen, explanation: await explainDrift(ports, policy, seen) }, input.taskId);
}

async function record(
  ports: CheckPorts,
  row: CheckRow,
  seen: WindowEvaluation & { readonly explanation: Explanation | undefined },
  taskId: string | undefined,
): Promise<void> {
  const { judgement, explanation } = seen;
  await ports.state.transaction(async (tx) => {
    const finished = await tx.checks.finish(row.id, {
      state: "done",
      verdict: judgement.verdict,
      reason: judgement.reason,
      rowCount: seen.rows,
      quarantined: seen.quarantined,
      quality: seen.quality,
      performance: seen.performance ?? {},
      segments: seen.segments,
      explanation,
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
