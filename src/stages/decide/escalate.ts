import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import { judgeSight } from "../../core/incident/built-in-rules.ts";
import { formatDuration } from "../../core/units.ts";
import type { IncidentRow, StateTransaction } from "../../ports/state.ts";
import type { DecidePorts, Deciding } from "./decide.ts";
import { describeIncident, queueNotices } from "./notices.ts";

/**
 * Asks for the next address to be told when nobody has taken the incident on by then.
 *
 * @param member  number of the model among those that share the incident, with its own policy and its own time
 */
export async function planEscalation(
  { ports, tx, policy }: Deciding,
  incident: IncidentRow,
  member = 1,
): Promise<void> {
  const { escalate } = policy.notify;
  if (escalate === undefined || escalate.to.length === 0) return;
  const notBefore = new Date(ports.clock.now().getTime() + escalate.afterMs);
  const key = `escalate-${incident.id}${member === 1 ? "" : `-${member}`}`;
  await tx.outbox.add([{ key, kind: "escalate", subject: incident.id, epoch: member, notBefore }]);
}

/** Whose policy is followed, and the check that speaks for it. */
interface Escalating {
  readonly member: number;
  readonly modelId: string;
  readonly checkId: string;
}

/**
 * Tells the next address of an incident that is still firing: nobody has taken it on. By the policy that opened it, or by
 * that of a model that joined it and is in it still; one that was acknowledged or ended meanwhile is left alone.
 */
export async function escalate(
  ports: DecidePorts,
  input: { readonly incidentId: string; readonly member?: number; readonly taskId?: string },
): Promise<void> {
  const seen = await ports.state.incidents.get(input.incidentId);
  const member = Math.max(1, input.member ?? 1);
  const joined = (await ports.state.incidents.members(seen.id)).find(({ n }) => n === member);
  const of: Escalating = {
    member,
    modelId: joined?.modelId ?? seen.modelId,
    checkId: joined?.joinedCheck ?? seen.openedCheck,
  };
  const { policyRevisionId } = await ports.state.checks.get(of.checkId);
  const policy = await ports.policies.of(policyRevisionId);
  await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(of.modelId);
    if (seen.sourceKey !== undefined) await tx.incidents.lockSource(seen.sourceKey);
    const incident = await tx.incidents.get(seen.id);
    const asked = policy.notify.escalate;
    const left = (await tx.incidents.members(seen.id)).some(({ n, leftAt }) => n === member && leftAt !== undefined);
    if (incident.state === "firing" && asked !== undefined && !left) {
      const check = await tx.checks.get(of.checkId);
      const deciding = { ports, tx, model, check, policy };
      await tellNext(deciding, incident, asked, member);
    }
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

async function tellNext(
  deciding: Deciding,
  incident: IncidentRow,
  { afterMs, to: wanted }: { readonly afterMs: number; readonly to: readonly string[] },
  member: number,
): Promise<void> {
  const { ports, tx, model } = deciding;
  const told = (await tx.notifications.ofSubject(incident.id)).filter(({ kind }) => kind === "escalated");
  if (told.some(({ n }) => n === member)) return;
  const heard = new Set(told.filter(({ state }) => state !== "silenced").map(({ recipient }) => recipient));
  const to = wanted.filter((recipient) => !heard.has(recipient));
  const rule = await ruleOf(tx, deciding, incident);
  if (rule === undefined || to.length === 0) return;
  await tx.records.append({
    ...{ actor: systemActor, at: ports.clock.now(), kind: "incident escalated", subject: incident.id },
    payload: { incident: incident.number, model: model.name, to },
  });
  const did = [
    `Nobody has taken INC-${incident.number} on in ${formatDuration(afterMs)}: the policy ${member === 1 ? "" : `of ${model.name} `}says to tell you then.`,
    `What is said here is of the check ${member === 1 ? "that opened it" : `by which ${model.name} joined it`}.`,
  ];
  const notice = await describeIncident(deciding, incident, rule, { kind: "escalated", did, resolution: undefined });
  await queueNotices(deciding, { incident, notice, recipients: to, n: member });
}

/** The rule as it was when it opened the incident. */
async function ruleOf(
  tx: StateTransaction,
  { check, policy }: Deciding,
  incident: IncidentRow,
): Promise<RuleOutcome | undefined> {
  const asked = (await tx.checks.ruleOutcomes(check.id)).map(({ body }) => body as RuleOutcome);
  const all = [...asked, ...judgeSight({ ...check, rows: check.rowCount }, policy)];
  return all.find(({ rule, segment }) => rule === incident.rule && segment === incident.segment);
}
