import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import { judgeSight } from "../../core/incident/built-in-rules.ts";
import { formatDuration } from "../../core/units.ts";
import type { IncidentRow, StateTransaction } from "../../ports/state.ts";
import type { DecidePorts, Deciding } from "./decide.ts";
import { describeIncident, queueNotices } from "./notices.ts";

/** Asks for the next address to be told when nobody has taken the incident on by then. */
export async function planEscalation({ ports, tx, policy }: Deciding, incident: IncidentRow): Promise<void> {
  const { escalate } = policy.notify;
  if (escalate === undefined || escalate.to.length === 0) return;
  const notBefore = new Date(ports.clock.now().getTime() + escalate.afterMs);
  await tx.outbox.add([{ key: `escalate-${incident.id}`, kind: "escalate", subject: incident.id, notBefore }]);
}

/**
 * Tells the next address of an incident that is still firing: nobody has taken it on. By the policy that opened it; one
 * that was acknowledged or ended meanwhile is left alone.
 */
export async function escalate(
  ports: DecidePorts,
  input: { readonly incidentId: string; readonly taskId?: string },
): Promise<void> {
  const seen = await ports.state.incidents.get(input.incidentId);
  const { policyRevisionId } = await ports.state.checks.get(seen.openedCheck);
  const policy = await ports.policies.of(policyRevisionId);
  await ports.state.transaction(async (tx) => {
    const model = await tx.models.lock(seen.modelId);
    if (seen.sourceKey !== undefined) await tx.incidents.lockSource(seen.sourceKey);
    const incident = await tx.incidents.get(seen.id);
    const asked = policy.notify.escalate;
    if (incident.state === "firing" && asked !== undefined) {
      const check = await tx.checks.get(incident.openedCheck);
      const deciding = { ports, tx, model, check, policy };
      await tellNext(deciding, incident, asked);
    }
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

async function tellNext(
  deciding: Deciding,
  incident: IncidentRow,
  { afterMs, to }: { readonly afterMs: number; readonly to: readonly string[] },
): Promise<void> {
  const { ports, tx, model } = deciding;
  const told = await tx.notifications.ofSubject(incident.id);
  if (told.some(({ kind }) => kind === "escalated")) return;
  const rule = await ruleOf(tx, deciding, incident);
  if (rule === undefined) return;
  await tx.records.append({
    ...{ actor: systemActor, at: ports.clock.now(), kind: "incident escalated", subject: incident.id },
    payload: { incident: incident.number, model: model.name, to },
  });
  const did = [
    `Nobody has taken INC-${incident.number} on in ${formatDuration(afterMs)}: the policy says to tell you then.`,
    "What is said here is of the check that opened it.",
  ];
  const notice = await describeIncident(deciding, incident, rule, { kind: "escalated", did, resolution: undefined });
  await queueNotices(deciding, incident, notice, to);
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
