import type { IncidentNotice } from "../../core/incident/notice.ts";
import { webhookOf } from "../../core/policy/webhook-recipient.ts";
import type { IncidentRow, NotificationRow, StateTransaction } from "../../ports/state.ts";
import { queueNotices, type Telling } from "../decide/notices.ts";
import { toldOfIncident, toldRecipients } from "../decide/told-of-incident.ts";
import type { ChampionChange } from "./change-champion.ts";

/**
 * Tells those who heard of incidents that another baseline ended them, in their threads, with what was told of each last:
 * no check speaks of them any more. Who gets the mail of the run that an incident asked for, which says so in the same
 * thread, gets no second one; a webhook keeps its incident open until it hears of the end. A policy that is gone or cannot
 * be read keeps nobody from hearing.
 */
export async function tellSuperseded(
  tx: StateTransaction,
  change: ChampionChange,
  ended: readonly IncidentRow[],
  resolution: string,
): Promise<void> {
  const { ids, model, at, policy = unknownPolicy } = change;
  const tellings: Telling[] = [];
  for (const incident of ended) {
    const told = await toldOfIncident(tx, incident);
    const last = told.reduce<NotificationRow | undefined>(
      (latest, row) => (latest === undefined || row.createdAt > latest.createdAt ? row : latest),
      undefined,
    );
    if (last === undefined) continue;
    const byRun = await toldByRun(tx, change, incident);
    const recipients = toldRecipients(told).filter((one) => webhookOf(one) !== undefined || !byRun.includes(one));
    const body = last.body as IncidentNotice;
    tellings.push({
      incident,
      notice: { ...body, kind: "resolved", did: [], resolution, asLastTold: true },
      recipients,
    });
  }
  await queueNotices({ ports: { ids, clock: { now: () => at } }, tx, model, policy }, ...tellings);
}

const unknownPolicy = { notify: {} } as const;

async function toldByRun(
  tx: StateTransaction,
  { policy, runId }: ChampionChange,
  incident: IncidentRow,
): Promise<readonly string[]> {
  if (policy === undefined || runId === undefined) return [];
  return (await tx.runs.get(runId)).incidentId === incident.id ? policy.notify[incident.severity] : [];
}
