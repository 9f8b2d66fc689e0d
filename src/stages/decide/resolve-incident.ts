import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { describeIncident, notifyOwners } from "./notices.ts";

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
  if (rule?.do.includes("notify")) {
    const notice = await describeIncident(deciding, incident, rule, { kind: "resolved", did: [], resolution });
    await notifyOwners(deciding, incident, notice);
  }
}
