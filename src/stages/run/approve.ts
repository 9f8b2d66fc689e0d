import type { Actor } from "../../core/actor.ts";
import { DriftwardError } from "../../core/errors.ts";
import { judgeApproval } from "../../core/run/approval.ts";
import { formatInstant } from "../../core/units.ts";
import type { RunRow, StateReads, StateTransaction } from "../../ports/state.ts";
import { approvalEnds } from "./await-approval.ts";
import type { AdvancePorts } from "./ports.ts";
import { stepOn } from "./promote.ts";
import { takeStep } from "./step.ts";

export interface Word {
  readonly runId: string;
  readonly actor: Actor;
  readonly approve: boolean;
  readonly reason: string;
}

/**
 * A person's word on a candidate that passed its gates. With four eyes the first is kept, and the run waits on.
 *
 * @throws Refused when the run does not wait for one, its time is over, or the policy wants another's word
 */
export async function decideRun(ports: AdvancePorts, word: Word): Promise<void> {
  const run = await ports.state.runs.get(word.runId);
  const { actor, approve, reason } = word;
  if (run.state !== "promoting") throw notWaiting(run);
  if (run.step !== undefined)
    throw new DriftwardError("Refused", `run ${run.number} was approved already: it is in step ${run.step}`, {
      hint: `driftward cancel ${run.number} --reason "…" ends it`,
    });
  const advancing = { ports, run, taskId: undefined };
  if (!approve) {
    const why = `${actor.id} rejected it: ${reason}`;
    if (!(await takeStep(advancing, { kind: "rejected", why }, { actor }))) throw movedOn(run);
    return;
  }
  // No other word is needed where the policy wants none: it is promoted by itself.
  if (!(await keepWord(ports, run, word))) return;
  const approvals = (await ports.state.approvals.ofRun(run.id)).map(({ actorKind, actorId, at, ...given }) => ({
    by: { kind: actorKind, id: actorId },
    at: at.toISOString(),
    reason: given.reason,
  }));
  if (!(await stepOn(advancing, actor, { approvals }))) throw movedOn(run);
}

/** Keeps a word, on record; true when it was the last that is needed. */
async function keepWord(ports: AdvancePorts, run: RunRow, { actor, reason }: Word): Promise<boolean> {
  // Read before the lock: within the transaction it would wait for a second connection.
  const policy = await ports.policies.of(run.policyRevisionId);
  const { approval } = policy.promote;
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(run.modelId);
    const current = await tx.runs.lock(run.id);
    if (current.epoch !== run.epoch) throw movedOn(run);
    const at = ports.clock.now();
    const ends = await approvalEnds(tx, run, policy);
    if (at >= ends)
      throw new DriftwardError("Refused", `run ${run.number} waited for approval until ${formatInstant(ends)}`, {
        hint: "start another: what was measured is too old to rely on",
      });
    const answer = await judge(tx, run, actor, approval === "none" ? "required" : approval);
    if ("refused" in answer)
      throw new DriftwardError("Refused", `run ${run.number}: ${answer.refused}`, { hint: answer.hint });
    const row = { runId: run.id, actorKind: actor.kind, actorId: actor.id, reason, at };
    if (await tx.approvals.insert(row))
      await tx.records.append({
        ...{ actor, at, kind: "candidate approved", subject: run.id },
        payload: { run: run.number, model: model.name, approval, words: answer.words, reason },
      });
    return answer.enough;
  });
}

async function judge(tx: StateTransaction, run: RunRow, by: Actor, approval: "required" | "four_eyes") {
  const words = await tx.approvals.ofRun(run.id);
  const given = words.map(({ actorKind, actorId }) => ({ kind: actorKind, id: actorId }));
  return judgeApproval({ approval, askedBy: await askerOf(tx, run), given, by });
}

/** Who asked for a run, as the audit trail has it. */
async function askerOf(reads: Pick<StateReads, "records">, run: RunRow): Promise<Actor | undefined> {
  const [started] = await reads.records.newest({ subjects: [run.id], kind: "run started" }, 1);
  return started?.actor;
}

function notWaiting({ number, state }: RunRow): DriftwardError {
  return new DriftwardError("Refused", `expected a run that waits for approval, got run ${number}, which is ${state}`);
}

function movedOn({ number }: RunRow): DriftwardError {
  return new DriftwardError("Refused", `run ${number} moved on meanwhile`);
}
