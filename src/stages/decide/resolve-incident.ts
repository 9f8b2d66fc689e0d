import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { describeIncident, queueNotices } from "./notices.ts";
import { toldOfIncident, toldRecipients } from "./told-of-incident.ts";

/** Ends an incident, records why, and tells those who were told that it opened. */
export async function resolveIncident(
  deciding: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome | undefined,
  resolution: string,
): Promise<void> {
  const { ports, tx, model, check } = deciding;
  const at = ports.clock.now();
  const ended = await tx.incidents.transition({
    id: incident.id,
    from: incident.state,
    epoch: incident.epoch,
    to: "resolved",
    set: { resolvedAt: at, resolution, lastCheck: check.id },
  });
  if (!ended) return;
  await tx.records.append({
    actor: systemActor,
    at,
    kind: "incident resolved",
    subject: incident.id,
    payload: { incident: incident.number, model: model.name, check: check.id, rule: incident.rule, resolution },
  });
  const told = await toldOfIncident(tx, incident);
  if (told.length === 0) return;
  const last = rule ?? (await ruleAsItOpened(deciding, incident));
  if (last === undefined) return;
  const notice = await describeIncident(deciding, incident, last, { kind: "resolved", did: [], resolution });
  await queueNotices(deciding, { incident, notice, recipients: toldRecipients(told) });
}

/** A rule that the policy no longer has, as it was when it opened the incident. */
async function ruleAsItOpened({ tx }: Deciding, incident: IncidentRow): Promise<RuleOutcome | undefined> {
  const outcomes = await tx.checks.ruleOutcomes(incident.openedCheck);
  const found = outcomes.find((one) => one.rule === incident.rule && one.segment === incident.segment);
  return found?.body as RuleOutcome | undefined;
}
