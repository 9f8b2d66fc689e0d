import type { Actor } from "../../core/actor.ts";
import { systemActor } from "../../core/actor.ts";
import { brokenInputRule } from "../../core/drift/judge.ts";
import type { GateOutcome } from "../../core/run/gates.ts";
import { championComparedWith, type Lineage } from "../../core/run/lineage.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { IncidentRow, ModelRow, RunRow, StateTransaction, VersionRow } from "../../ports/state.ts";
import { awaitApproval } from "./await-approval.ts";
import { changeChampion } from "./change-champion.ts";
import { toldOf } from "./evaluate.ts";
import type { Advancing } from "./ports.ts";
import { takeStep, type WithinStep } from "./step.ts";
import { beginWatch } from "./watch.ts";

/**
 * promoting → promoted: the alias champion moves to the candidate, with its baseline, in one transaction. A policy that
 * wants a person's word is waited for: the run stays as it is until `decideRun` (approve.ts), or its time is over.
 */
export async function promote(advancing: Advancing): Promise<TaskResult> {
  const { ports, run } = advancing;
  const policy = await ports.policies.of(run.policyRevisionId);
  if (policy.promote.approval === "none") await moveChampion(advancing, systemActor);
  else await awaitApproval(advancing, policy);
  return { done: true };
}

/** Lets the candidate serve. @returns false when the run has moved on meanwhile */
export function moveChampion(
  advancing: Advancing,
  actor: Actor,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const within = (tx: StateTransaction, model: ModelRow) => moveAlias(advancing, tx, model);
  return takeStep(advancing, { kind: "promoted" }, { actor, payload, within });
}

async function moveAlias({ ports, run }: Advancing, tx: StateTransaction, model: ModelRow): Promise<WithinStep> {
  const version = await tx.versions.get(run.candidateVersion ?? "");
  const baseline = await tx.baselines.ofVersion(version.id);
  if (baseline === undefined) throw new Error(`version ${version.name} of ${model.name} has no baseline`);
  const told = await tellOf(tx, run, version);
  const open = await tx.incidents.open(model.id);
  const blocked = (await tx.watches.blocks(model.id)).find(({ versionId }) => versionId === version.id);
  const against = blocked === undefined ? objection(model, version, open) : `it may not serve: ${blocked.reason}`;
  if (against !== undefined) return { instead: { kind: "rejected", why: against }, told };
  const at = ports.clock.now();
  const policy = await ports.policies.of(run.policyRevisionId);
  const { id: versionId } = version;
  const watched = await beginWatch(ports, tx, {
    ...{ model, versionId, baselineId: baseline.id, runId: run.id, at, policy },
  });
  const reason = `run ${run.number}: ${run.reason}`;
  const change = { model, version, baselineId: baseline.id, at, reason, runId: run.id, policy };
  const { championEpoch, closed: superseded, records } = await changeChampion(tx, change);
  const closed =
    superseded.length === 0 ? "" : `; it closed ${superseded.map(({ number }) => `INC-${number}`).join(", ")}`;
  return {
    told,
    records: [...watched, ...records],
    outcome: `version ${version.name} is champion${closed}`,
    payload: { candidate: version.name, championEpoch, baseline: baseline.id },
  };
}

/** What speaks against a promotion that was fine when the candidate was judged. */
function objection(model: ModelRow, version: VersionRow, open: readonly IncidentRow[]): string | undefined {
  if (open.some(({ rule }) => rule === brokenInputRule))
    return "the input broke while the candidate was judged: it may have learnt the fault";
  return championComparedWith(version.lineage)?.epoch === model.championEpoch
    ? undefined
    : "the champion changed while the candidate was judged: it was compared with another one";
}

async function tellOf(tx: StateTransaction, run: RunRow, version: VersionRow) {
  const { data, metrics, measures, champion } = version.lineage as unknown as Lineage;
  // The slices were told to whoever approved.
  const { slices: _told, ...rest } = measures ?? {};
  const gates = (await tx.runs.gates(run.id)).map(({ body }) => body as GateOutcome);
  return {
    ...toldOf({ data, measures: { ...rest, metrics }, champion: champion.name, gates }, []),
    candidate: version.name,
  };
}
