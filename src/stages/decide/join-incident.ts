import { systemActor } from "../../core/actor.ts";
import { brokenInputRule, type RuleOutcome } from "../../core/drift/judge.ts";
import { sharedSourceOf } from "../../core/policy/shared-source.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { planEscalation } from "./escalate.ts";
import { describeIncident, queueNotices } from "./notices.ts";
import { openIncident, pick, stopPromotion } from "./open-incident.ts";
import { recipientsOf } from "./recipients.ts";

/**
 * Opens the incident of a rule; or joins the one that stands, where the input of several models breaks at the source that
 * they share. The caller holds the source.
 */
export async function joinOrOpen(deciding: Deciding, rule: RuleOutcome): Promise<void> {
  const { tx, policy } = deciding;
  const sourceKey = rule.rule === brokenInputRule ? sharedSourceOf(policy) : undefined;
  if (sourceKey === undefined) return openIncident(deciding, rule);
  const standing = await tx.incidents.openOfSource(sourceKey, rule.rule);
  if (standing !== undefined) return join(deciding, standing, rule);
  return openIncident(deciding, rule, sourceKey);
}

async function join(deciding: Deciding, incident: IncidentRow, rule: RuleOutcome): Promise<void> {
  const { ports, tx, model, check } = deciding;
  const at = ports.clock.now();
  const n = ((await tx.incidents.members(incident.id)).at(-1)?.n ?? 0) + 1;
  const left = { leftCheck: undefined, leftAt: undefined, resolution: undefined };
  await touch(deciding, incident);
  await tx.incidents.insertMember({
    ...{ incidentId: incident.id, n, modelId: model.id, joinedCheck: check.id, joinedAt: at },
    ...left,
  });
  await tx.records.append({
    ...{ actor: systemActor, at, kind: "incident joined", subject: incident.id },
    payload: {
      ...{ incident: incident.number, model: model.name, check: check.id, source: incident.sourceKey },
      ...{ policyRevision: check.policyRevisionId, ...pick(rule) },
    },
  });
  await stopPromotion(deciding, `${incident.id}-${n}`);
  await tx.decisions.insert({
    ...{ id: ports.ids.next(), checkId: check.id, rule: rule.rule, segment: rule.segment, action: "notify" },
    ...{ incidentId: incident.id, outcome: "carried out", at },
    reason: `the rule held for its time: ${rule.when}; INC-${incident.number} of ${incident.sourceKey ?? ""} stood`,
  });
  await tellOthers(deciding, incident, rule, n);
  await planEscalation(deciding, incident, n);
}

/** One mail to each recipient of this model who has not heard of the incident. */
async function tellOthers(deciding: Deciding, incident: IncidentRow, rule: RuleOutcome, n: number): Promise<void> {
  const { tx, model, policy } = deciding;
  const rows = await tx.notifications.ofSubject(incident.id);
  const told = new Set(rows.filter(({ state }) => state !== "silenced").map(({ recipient }) => recipient));
  const recipients = recipientsOf(policy, incident.severity).filter((recipient) => !told.has(recipient));
  if (recipients.length === 0) return;
  const did = [
    `${model.name} joined INC-${incident.number}, which stands for all models of ${incident.sourceKey ?? "one source"}.`,
    "It is not retrained, and no version of it is promoted, until its own input is whole again.",
  ];
  const notice = await describeIncident(deciding, incident, rule, { kind: "joined", did, resolution: undefined });
  await queueNotices(deciding, { incident, notice, recipients, n });
}

/** Moves the incident on by compare-and-set; its source is held, so that nobody can have been faster. */
export async function touch({ tx, check }: Deciding, incident: IncidentRow): Promise<void> {
  const { id, state, epoch, number } = incident;
  const moved = await tx.incidents.transition({
    ...{ id, from: state, epoch, to: state },
    set: { lastCheck: check.id },
  });
  if (!moved) throw new Error(`INC-${number} changed while its source was held`);
}
