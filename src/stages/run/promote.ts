import type { Actor } from "../../core/actor.ts";
import { systemActor } from "../../core/actor.ts";
import { brokenInputRule } from "../../core/drift/judge.ts";
import type { GateOutcome } from "../../core/run/gates.ts";
import { championComparedWith, type Lineage } from "../../core/run/lineage.ts";
import { nextStep } from "../../core/run/steps.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { IncidentRow, ModelRow, RunRow, StateTransaction, VersionRow } from "../../ports/state.ts";
import { clocksDifferMs } from "../clocks.ts";
import { awaitApproval } from "./await-approval.ts";
import { changeChampion } from "./change-champion.ts";
import { toldOf } from "./evaluate.ts";
import { deploy, describeFailures, undo } from "./hooks.ts";
import type { Advancing } from "./ports.ts";
import { lookAtShadow } from "./shadow.ts";
import { takeStep, type WithinStep } from "./step.ts";
import { beginWatch } from "./watch.ts";

/**
 * promoting → promoted, step by step: a person's word where the policy wants one (the run stays as it is until
 * `decideRun` (approve.ts), or its time is over), the operator's hooks, and then the alias champion moves to the candidate,
 * with its baseline, in one transaction. Input that broke meanwhile, or another champion, stops it at any of these, and what the hooks did is undone.
 */
export async function promote(advancing: Advancing): Promise<TaskResult> {
  const { ports, run } = advancing;
  const policy = await ports.policies.of(run.policyRevisionId);
  if (run.step === "undo") return followUndo(advancing);
  const against = await objectionNow(advancing);
  if (against !== undefined) return stop(advancing, { end: "rejected", why: against });
  if (run.step === "shadow") return followShadow(advancing);
  if (run.step === "deploy") return followDeploy(advancing, policy.promote.hooks ?? []);
  if (policy.promote.approval === "none") await stepOn(advancing, systemActor);
  else await awaitApproval(advancing, policy);
  return { done: true };
}

const inputBroke = "the input broke while the candidate was judged: it may have learnt the fault";

/** The next step of the promotion; the last one is that the alias moves. @returns false when the run has moved on */
export async function stepOn(
  advancing: Advancing,
  actor: Actor,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const { ports, run } = advancing;
  const { promote: asked } = await ports.policies.of(run.policyRevisionId);
  const step = nextStep(asked, run.step);
  if (step !== undefined)
    return takeStep(advancing, { kind: "stepped" }, { actor, payload, set: { step, stepSince: ports.clock.now() } });
  const within = (tx: StateTransaction, model: ModelRow) => moveAlias(advancing, tx, model);
  return takeStep(advancing, { kind: "promoted" }, { actor, payload, within });
}

/** Waits for the end of the shadow in business time; then the challenger goes on, or is stopped with the reason. */
async function followShadow(advancing: Advancing): Promise<TaskResult> {
  const { ports, run, taskId } = advancing;
  const progress = await lookAtShadow(advancing);
  if (progress.going) {
    // A look that comes too early by another machine's clock would be the last.
    const waitMs = progress.until.getTime() - ports.clock.now().getTime();
    if (waitMs <= clocksDifferMs) return { again: Math.max(waitMs, 1) };
    const key = `run-${run.id}-${run.epoch}-shadow`;
    await ports.state.transaction(async (tx) => {
      await tx.outbox.add([{ key, kind: "run", subject: run.id, epoch: run.epoch, notBefore: progress.until }]);
      if (taskId !== undefined) await tx.outbox.done(taskId);
    });
    return { done: true };
  }
  const { seen, said, against } = progress;
  if (against !== undefined)
    return stop(advancing, { end: "rejected", why: `in shadow: ${against} (${said})`, payload: { ...seen } });
  await stepOn(advancing, systemActor, { ...seen });
  return { done: true };
}

async function followDeploy(advancing: Advancing, hooks: readonly string[]): Promise<TaskResult> {
  const progress = await deploy(advancing.ports, advancing.run, hooks);
  if (progress.going) return { again: progress.againMs };
  if (progress.failures.length > 0)
    return stop(advancing, { end: "failed", why: `it could not be deployed: ${describeFailures(progress.failures)}` });
  await stepOn(advancing, systemActor);
  return { done: true };
}

interface Stop {
  readonly end: "rejected" | "failed";
  readonly why: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** Ends a promotion under way; what hooks have done, or may have done, is undone first. */
async function stop(advancing: Advancing, { end, why, payload = {} }: Stop): Promise<TaskResult> {
  if (advancing.run.step === "deploy") await takeStep(advancing, { kind: "stepped" }, { set: undoing(end, why) });
  else await takeStep(advancing, { kind: end, why }, { payload, within: (tx) => candidateTold(tx, advancing.run) });
  return { done: true };
}

function undoing(stepEnd: Stop["end"], stepWhy: string) {
  return { step: "undo", stepEnd, stepWhy } as const;
}

async function followUndo(advancing: Advancing): Promise<TaskResult> {
  const { ports, run } = advancing;
  const progress = await undo(ports, run);
  if (progress.going) return { again: progress.againMs };
  const undone =
    progress.failures.length === 0
      ? "what the hooks did was undone"
      : `not undone: ${describeFailures(progress.failures)}`;
  const why = `${run.stepWhy}; ${undone}`;
  await takeStep(advancing, { kind: run.stepEnd ?? "failed", why }, { within: (tx) => candidateTold(tx, run) });
  return { done: true };
}

async function candidateTold(tx: StateTransaction, run: RunRow): Promise<WithinStep> {
  return { told: await tellOf(tx, run, await tx.versions.get(run.candidateVersion ?? "")) };
}

async function moveAlias({ ports, run }: Advancing, tx: StateTransaction, model: ModelRow): Promise<WithinStep> {
  const version = await tx.versions.get(run.candidateVersion ?? "");
  const baseline = await tx.baselines.ofVersion(version.id);
  if (baseline === undefined) throw new Error(`version ${version.name} of ${model.name} has no baseline`);
  const told = await tellOf(tx, run, version);
  const open = await tx.incidents.open(model.id);
  const blocked = (await tx.watches.blocks(model.id)).find(({ versionId }) => versionId === version.id);
  const against = blocked === undefined ? objection(model, version, open) : `it may not serve: ${blocked.reason}`;
  if (against !== undefined)
    return run.step === "deploy"
      ? { instead: { kind: "stepped" }, set: undoing("rejected", against) }
      : { instead: { kind: "rejected", why: against }, told };
  const at = ports.clock.now();
  const policy = await ports.policies.of(run.policyRevisionId);
  const { id: versionId } = version;
  const watched = await beginWatch(ports, tx, {
    ...{ model, versionId, baselineId: baseline.id, runId: run.id, at, policy },
  });
  const reason = `run ${run.number}: ${run.reason}`;
  const change = { ids: ports.ids, model, version, baselineId: baseline.id, at, reason, runId: run.id, policy };
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

/** The same, asked before anything is locked. */
async function objectionNow({ ports: { state }, run }: Advancing): Promise<string | undefined> {
  const [model, version, open] = await Promise.all([
    state.models.get(run.modelId),
    state.versions.get(run.candidateVersion ?? ""),
    state.incidents.open(run.modelId),
  ]);
  return objection(model, version, open);
}

/** What speaks against a promotion that was fine when the candidate was judged. */
function objection(model: ModelRow, version: VersionRow, open: readonly IncidentRow[]): string | undefined {
  if (open.some(({ rule }) => rule === brokenInputRule)) return inputBroke;
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
