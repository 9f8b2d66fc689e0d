import type { Actor } from "../../core/actor.ts";
import { brokenInputRule } from "../../core/drift/judge.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { describeParameterProblems, fillParameters, givenParameters } from "../../core/policy/trainer-parameters.ts";
import { permitRun, type RunRequest } from "../../core/run/governor.ts";
import type { ModelRow, RunRow, StateTransaction } from "../../ports/state.ts";
import { planRun, type RunPlan } from "./plan-run.ts";
import type { StartRunPorts } from "./ports.ts";
import { addTask } from "./step.ts";

export interface StartRunRequest {
  /** The model's row, locked. */
  readonly model: ModelRow;
  readonly policy: Policy;
  readonly policyRevisionId: string;
  /** Why, in a person's words. */
  readonly reason: string;
  readonly actor: Actor;
  readonly incidentId?: string;
  /** The check whose rule asks; its outcome becomes a decision. Absent when a person asks. */
  readonly asked?: { readonly checkId: string; readonly rule: string; readonly segment: string };
  /** Whether the limits that the rule rests on are provisional. */
  readonly provisional?: boolean;
  /** A person's word against limits; what it overrode is recorded. */
  readonly override?: RunRequest["override"];
  /** Asks again about what was refused before: another refusal is not recorded. */
  readonly quiet?: boolean;
}

export type StartRunAnswer = { readonly run: RunRow } | { readonly refused: string };

/** Earlier runs that the governor is shown: more than any sensible budget counts. */
const shownRuns = 200;

/**
 * Starts a run if the governor permits it, inside the caller's transaction: the decision (carried out or refused, with
 * its reason), the run, its first task and the record of it. Refusals are recorded as well.
 */
export async function startRun(
  ports: StartRunPorts,
  tx: StateTransaction,
  request: StartRunRequest,
): Promise<StartRunAnswer> {
  const answer = await permit(ports, tx, request);
  if ("refused" in answer) {
    if (request.quiet === true) return answer;
    await decide(ports, tx, request, "refused", answer.refused);
    return refuse(ports, tx, request, answer.refused);
  }
  const decisionId = await decide(ports, tx, request, "carried out", request.reason);
  const run = await insertRun(ports, tx, request, answer.plan, decisionId);
  if (run === undefined) return refuse(ports, tx, request, "another run was started at the same time");
  await addTask(tx, run, run.epoch);
  const { seq: revision, digest, gitCommit: commit } = await tx.policies.get(run.policyRevisionId);
  await tx.records.append({
    actor: request.actor,
    at: run.createdAt,
    kind: "run started",
    subject: run.id,
    payload: {
      run: run.number,
      model: request.model.name,
      reason: run.reason,
      trainer: run.trainer,
      policy: { revision, digest, commit },
      cut: run.cut.toISOString(),
      asOfSeq: run.asOfSeq,
      newLabels: answer.plan.newLabels,
      ...(answer.overrode.length === 0 ? {} : { overrode: answer.overrode }),
      ...(request.incidentId === undefined ? {} : { incident: request.incidentId }),
    },
  });
  return { run };
}

/** Asks the governor; the rows are only counted when nothing else stands against it, because that takes time. */
async function permit(
  ports: StartRunPorts,
  tx: StateTransaction,
  request: StartRunRequest,
): Promise<{ readonly plan: RunPlan; readonly overrode: readonly string[] } | { readonly refused: string }> {
  const { model, policy } = request;
  const limits = policy.retrain;
  if (limits === undefined) return { refused: "the policy has no section retrain" };
  const trainer = ports.trainers.get(limits.trainer);
  if (trainer === undefined) return { refused: `driftward.yaml names no trainer "${limits.trainer}"` };
  const filled = fillParameters(trainer.parameters ?? {}, givenParameters(limits));
  if ("problems" in filled) return { refused: describeParameterProblems(trainer.name, filled.problems) };
  const at = ports.clock.now();
  const runs = await tx.runs.recent(model.id, shownRuns);
  const brokenInput = await findBrokenInput(tx, request);
  const asked = {
    at,
    runs,
    newLabels: Number.POSITIVE_INFINITY,
    ...(brokenInput === undefined ? {} : { brokenInput }),
    ...(request.provisional === undefined ? {} : { provisional: request.provisional }),
    ...(request.override === undefined ? {} : { override: request.override }),
  };
  const cheap = permitRun(limits, asked);
  if (!cheap.allowed) return { refused: cheap.reason };
  const plan = await planRun(ports, tx, { model, policy, at, runs });
  const answer = permitRun(limits, { ...asked, newLabels: plan.newLabels });
  if (!answer.allowed) return { refused: answer.reason };
  if (plan.holdout === undefined) return { refused: "no mature labelled rows lie on both sides of a cut in time" };
  return { plan, overrode: answer.overrode };
}

/** The incident of broken input, or a check that saw it and has opened none yet. */
async function findBrokenInput(tx: StateTransaction, { model, asked }: StartRunRequest): Promise<string | undefined> {
  const open = await tx.incidents.open(model.id);
  if (open.some(({ rule }) => rule === brokenInputRule)) return brokenInputRule;
  const checkId = asked?.checkId ?? (await tx.checks.recent(model.id, 10)).find(({ state }) => state === "done")?.id;
  const outcomes = checkId === undefined ? [] : await tx.checks.ruleOutcomes(checkId);
  return outcomes.some(({ rule, outcome }) => rule === brokenInputRule && outcome === "holds")
    ? brokenInputRule
    : undefined;
}

async function decide(
  { clock, ids }: StartRunPorts,
  tx: StateTransaction,
  { asked, incidentId }: StartRunRequest,
  outcome: "carried out" | "refused",
  reason: string,
): Promise<string | undefined> {
  if (asked === undefined) return undefined;
  const id = ids.next();
  const inserted = await tx.decisions.insert({
    id,
    ...asked,
    action: "retrain",
    incidentId,
    outcome,
    reason,
    at: clock.now(),
  });
  return inserted ? id : undefined;
}

async function insertRun(
  { clock, ids }: StartRunPorts,
  tx: StateTransaction,
  { model, policy, policyRevisionId, reason, incidentId }: StartRunRequest,
  { holdout, asOfSeq }: RunPlan,
  decisionId: string | undefined,
): Promise<RunRow | undefined> {
  if (holdout === undefined || policy.retrain === undefined) return undefined;
  return tx.runs.insert({
    id: ids.next(),
    modelId: model.id,
    decisionId,
    incidentId,
    state: "queued",
    epoch: 0,
    trainer: policy.retrain.trainer,
    reason,
    policyRevisionId,
    cut: holdout.cut,
    asOfSeq,
    nextAttempt: 1,
    candidateVersion: undefined,
    outcome: undefined,
    createdAt: clock.now(),
    finishedAt: undefined,
  });
}

async function refuse(
  { clock }: StartRunPorts,
  tx: StateTransaction,
  { model, actor, reason }: StartRunRequest,
  refused: string,
): Promise<StartRunAnswer> {
  await tx.records.append({
    actor,
    at: clock.now(),
    kind: "run refused",
    subject: model.id,
    payload: { model: model.name, asked: reason, refused },
  });
  return { refused };
}
