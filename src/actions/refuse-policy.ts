import { createHash } from "node:crypto";
import type { Actor } from "../core/actor.ts";
import { mostNoticedProblems, type PolicyNotice } from "../core/policy/notice.ts";
import { parsePolicy } from "../core/policy/parse-policy.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { PolicyText } from "../ports/policy-source.ts";
import type { ModelRow, PolicyRefusalRow, PolicyRevisionRow, State, StateTransaction } from "../ports/state.ts";
import { queueNotification } from "../stages/queue-notification.ts";

export interface RefusePorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Refusal {
  readonly modelId: string;
  /** Other models that the file governs: whoever owns several of them gets one mail. */
  readonly others: number;
  readonly text: PolicyText;
  readonly problems: readonly PolicyProblem[];
}

/**
 * Records that a policy could not be put in force for a model, and tells the owners of the revision that stays. Once for
 * each commit and text: the same again only stands again.
 */
export async function refusePolicy(ports: RefusePorts, actor: Actor, refusal: Refusal): Promise<void> {
  const { text, modelId } = refusal;
  const digest = createHash("sha256").update(text.source).digest("hex");
  const at = ports.clock.now();
  await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(modelId);
    const before = await tx.policies.refusals(modelId);
    const same = before.find((one) => one.digest === digest && one.gitCommit === text.commit);
    if (same !== undefined) {
      await tx.policies.settleRefusals(modelId, same.id, at);
      return;
    }
    const row: PolicyRefusalRow = {
      id: ports.ids.next(),
      modelId,
      seq: (before[0]?.seq ?? 0) + 1,
      path: text.path,
      gitCommit: text.commit,
      author: text.author,
      digest,
      problems: refusal.problems.slice(0, mostNoticedProblems),
      refusedAt: at,
      clearedAt: undefined,
    };
    await tx.policies.insertRefusal(row);
    await tx.policies.settleRefusals(modelId, row.id, at);
    await tx.records.append({
      actor,
      at,
      kind: "policy refused",
      subject: modelId,
      payload: { model: model.name, path: row.path, commit: row.gitCommit ?? "", digest, problems: row.problems },
    });
    if (model.policyRevision === undefined) return;
    const inForce = await tx.policies.get(model.policyRevision);
    await tellOwners(ports, tx, { model, row, inForce, refusal });
  });
}

interface Telling {
  readonly model: ModelRow;
  readonly row: PolicyRefusalRow;
  readonly inForce: PolicyRevisionRow;
  readonly refusal: Refusal;
}

async function tellOwners(ports: RefusePorts, tx: StateTransaction, telling: Telling): Promise<void> {
  const { model, row, inForce } = telling;
  const body = describe(telling);
  const instance = await tx.instance.id();
  for (const recipient of ownersOf(inForce)) {
    const id = ports.ids.next();
    await queueNotification(tx, {
      id,
      subjectKind: "model",
      subjectId: model.id,
      kind: "policy refused",
      n: row.seq,
      recipient,
      messageId: `policy.refused.${mailKey(row, recipient)}@${instance}`,
      body,
      state: "queued",
      createdAt: row.refusedAt,
      sentAt: undefined,
      reason: undefined,
    });
  }
}

/** The same for every model of the file, so that nobody is told twice of one revision. */
function mailKey({ path, gitCommit, digest }: PolicyRefusalRow, recipient: string): string {
  const key = JSON.stringify([path, gitCommit ?? "", digest, recipient]);
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

function describe({ model, row, inForce, refusal }: Telling): PolicyNotice {
  return {
    about: "policy",
    kind: "refused",
    model: model.name,
    others: refusal.others,
    refused: { path: row.path, commit: row.gitCommit, author: row.author },
    problems: row.problems,
    problemCount: refusal.problems.length,
    inForce: {
      path: inForce.path,
      commit: inForce.gitCommit,
      author: inForce.author,
      seq: inForce.seq,
      since: inForce.appliedAt.toISOString(),
    },
  };
}

/** The owners that a revision names; where it names none, whom it tells of incidents. */
function ownersOf({ source, path }: PolicyRevisionRow): readonly string[] {
  const parsed = parsePolicy(source, path);
  if ("problems" in parsed) return [];
  const { owners, notify } = parsed.policy;
  return owners.length > 0 ? owners : [...new Set([...notify.warning, ...notify.critical])];
}
