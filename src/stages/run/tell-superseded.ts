import type { IncidentNotice } from "../../core/incident/notice.ts";
import { webhookOf } from "../../core/policy/webhook-recipient.ts";
import type { IncidentRow, NotificationRow, StateTransaction } from "../../ports/state.ts";
import { queueNotices } from "../decide/notices.ts";
import type { ChampionChange } from "./change-champion.ts";

/**
 * Tells those who heard of an incident that another baseline ended it, in its thread, with what was told of it last: no
 * check speaks of it any more. Who gets the mail of the run that it asked for, which says so in the same thread, gets no
 * second one; a webhook keeps its incident open until it hears of the end.
 */
export async function tellSuperseded(
  tx: StateTransaction,
  { ids, model, policy, at, runId }: ChampionChange,
  incident: IncidentRow,
  resolution: string,
): Promise<void> {
  if (policy === undefined) return;
  const told = (await tx.notifications.ofSubject(incident.id)).filter(({ state }) => state !== "silenced");
  const last = told.reduce<NotificationRow | undefined>(
    (latest, row) => (latest === undefined || row.createdAt > latest.createdAt ? row : latest),
    undefined,
  );
  if (last === undefined) return;
  const run = runId === undefined ? undefined : await tx.runs.get(runId);
  const byRun = new Set(run?.incidentId === incident.id ? policy.notify[incident.severity] : []);
  const recipients = [...new Set(told.map(({ recipient }) => recipient))].filter(
    (one) => webhookOf(one) !== undefined || !byRun.has(one),
  );
  const body = last.body as IncidentNotice;
  const notice: IncidentNotice = { ...body, kind: "resolved", did: [], resolution, asLastTold: true };
  await queueNotices({ ports: { ids, clock: { now: () => at } }, tx, model, policy }, incident, notice, recipients);
}
