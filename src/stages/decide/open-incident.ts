import { systemActor } from "../../core/actor.ts";
import { brokenInputRule, type RuleOutcome } from "../../core/drift/judge.ts";
import type { Deciding } from "./decide.ts";
import { planEscalation } from "./escalate.ts";
import { describeIncident, queueNotices } from "./notices.ts";
import { recipientsOf } from "./recipients.ts";
import { askForRetrain } from "./reconsider-retrain.ts";

/**
 * Opens the incident of a rule that has held long enough, carries out what the rule says, and tells the owners.
 *
 * @param sourceKey  the source whose models can join it, where the incident is of one
 */
export async function openIncident(deciding: Deciding, rule: RuleOutcome, sourceKey?: string): Promise<void> {
  const { ports, tx, model, check } = deciding;
  const at = ports.clock.now();
  const incident = await tx.incidents.insert({
    id: ports.ids.next(),
    modelId: model.id,
    rule: rule.rule,
    segment: rule.segment,
    severity: rule.severity,
    state: "firing",
    epoch: 0,
    openedCheck: check.id,
    lastCheck: check.id,
    openedAt: at,
    resolvedAt: undefined,
    resolution: undefined,
    acknowledgedAt: undefined,
    acknowledgedBy: undefined,
    sourceKey,
  });
  if (sourceKey !== undefined)
    await tx.incidents.insertMember({
      ...{ incidentId: incident.id, n: 1, modelId: model.id, joinedCheck: check.id, joinedAt: at },
      ...{ leftCheck: undefined, leftAt: undefined, resolution: undefined },
    });
  await tx.records.append({
    actor: systemActor,
    at,
    kind: "incident opened",
    subject: incident.id,
    payload: {
      incident: incident.number,
      model: model.name,
      check: check.id,
      policyRevision: check.policyRevisionId,
      ...(sourceKey === undefined ? {} : { source: sourceKey }),
      ...pick(rule),
    },
  });
  if (rule.rule === brokenInputRule) await stopPromotion(deciding, incident.id);
  const did = rule.do.includes("retrain") ? [await askForRetrain(deciding, incident, rule)] : [];
  if (rule.do.includes("notify")) {
    await tx.decisions.insert({
      id: ports.ids.next(),
      checkId: check.id,
      rule: rule.rule,
      segment: rule.segment,
      action: "notify",
      incidentId: incident.id,
      outcome: "carried out",
      reason: `the rule held for its time: ${rule.when}`,
      at,
    });
    const notice = await describeIncident(deciding, incident, rule, { kind: "opened", did, resolution: undefined });
    await queueNotices(deciding, { incident, notice, recipients: recipientsOf(deciding.policy, incident.severity) });
    await planEscalation(deciding, incident);
  }
}

export function pick({ rule, segment, severity, when, place, values }: RuleOutcome) {
  return { rule, segment, severity, when, place, values };
}

/** A promotion under way looks again: what broke the input may be in what the candidate has learnt. */
export async function stopPromotion({ tx, model }: Deciding, why: string): Promise<void> {
  const run = await tx.runs.active(model.id);
  if (run?.state !== "promoting") return;
  const key = `run-${run.id}-${run.epoch}-${why}`;
  await tx.outbox.add([{ key, kind: "run", subject: run.id, epoch: run.epoch }]);
}
