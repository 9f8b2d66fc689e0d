import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import { isDueAgain } from "../../core/incident/cadence.ts";
import { formatDuration } from "../../core/units.ts";
import type { IncidentRow, NotificationRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { hushed } from "./hushed.ts";
import { describeIncident, queueNotices } from "./notices.ts";
import { recipientsOf } from "./recipients.ts";

/**
 * Speaks again of an incident that goes on, as often as the policy repeats, until a person takes it on; and at once when
 * its severity rises, which it never falls from while it is open.
 */
export async function remind(deciding: Deciding, incident: IncidentRow, rule: RuleOutcome): Promise<void> {
  const { ports, tx, policy } = deciding;
  const raised = await raise(deciding, incident, rule);
  const current = raised ?? incident;
  if (!rule.do.includes("notify") || (current.state !== "firing" && raised === undefined)) return;
  const now = ports.clock.now();
  const rows = await tx.notifications.ofSubject(incident.id);
  const muted = await hushed(deciding, current, now);
  // What nobody heard counts only while it still cannot be heard.
  const told = rows.filter(({ state }) => muted !== undefined || state !== "silenced");
  const { repeatMs } = policy.notify;
  const due = (heard: readonly NotificationRow[]) =>
    raised !== undefined ||
    isDueAgain(
      heard.map(({ createdAt }) => createdAt),
      now,
      repeatMs,
    );
  // Models that share it decide at their own times, and each speaks to its own: everyone is due by what they heard.
  const recipients = recipientsOf(policy, current.severity).filter((recipient) =>
    due(current.sourceKey === undefined ? told : told.filter((row) => row.recipient === recipient)),
  );
  if (recipients.length === 0) return;
  const lasted = formatDuration(now.getTime() - incident.openedAt.getTime());
  const did = [
    `INC-${incident.number} has been open for ${lasted}${raised === undefined ? "" : " and is critical now"}.`,
    `You hear of it again in ${formatDuration(repeatMs)} unless somebody takes it on.`,
  ];
  const notice = await describeIncident(deciding, current, rule, { kind: "repeated", did, resolution: undefined });
  const n = Math.max(0, ...rows.filter(({ kind }) => kind === "repeated").map((row) => row.n)) + 1;
  await queueNotices(deciding, { incident: current, notice, recipients, n });
}

async function raise(
  { ports, tx, model, check }: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome,
): Promise<IncidentRow | undefined> {
  if (incident.severity === "critical" || rule.severity !== "critical") return undefined;
  const { id, state, epoch } = incident;
  await tx.incidents.transition({
    ...{ id, from: state, epoch, to: state },
    set: { severity: "critical", lastCheck: check.id },
  });
  await tx.records.append({
    ...{ actor: systemActor, at: ports.clock.now(), kind: "incident raised", subject: id },
    payload: { incident: incident.number, model: model.name, check: check.id, severity: "critical" },
  });
  return tx.incidents.get(id);
}
