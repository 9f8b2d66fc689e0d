import { type DigestEntry, type DigestNotice, digestEntries } from "../core/incident/digest.ts";
import type { IncidentNotice } from "../core/incident/notice.ts";
import { silenceOf } from "../core/incident/silence.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { IncidentRow, NotificationRow, State, StateTransaction } from "../ports/state.ts";
import { queueNotification } from "./queue-notification.ts";

export interface DigestPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Writes the mail of what was gathered for a recipient, once: the mail, its task and the end of the gathering are one
 * transaction, so a crash loses nothing. What is gathered later goes into the next one. A digest of which nothing is left
 * to say, because silences cover it now, is not sent.
 */
export async function digest(
  { state, clock, ids }: DigestPorts,
  { digestId, taskId }: { readonly digestId: string; readonly taskId?: string },
): Promise<void> {
  await state.transaction(async (tx) => {
    const { id, recipient, dueAt, closedAt } = await tx.digests.lock(digestId);
    if (closedAt === undefined) {
      const now = clock.now();
      const entries = await entriesOf(tx, await tx.notifications.ofDigest(id), now);
      await tx.digests.close(id, now);
      const body: DigestNotice = {
        ...{ about: "digest", kind: "digest", dueAt: dueAt.toISOString() },
        entries: digestEntries(entries),
      };
      if (entries.length > 0) await queueDigest(tx, { id: ids.next(), digestId: id, recipient, now, body });
    }
    if (taskId !== undefined) await tx.outbox.done(taskId);
  });
}

/** Those that may be told now; the others end as silenced. */
async function entriesOf(
  tx: StateTransaction,
  rows: readonly NotificationRow[],
  now: Date,
): Promise<readonly DigestEntry[]> {
  const entries: DigestEntry[] = [];
  for (const row of rows.filter(({ state }) => state === "gathered")) {
    const incident = await tx.incidents.get(row.subjectId);
    const muted = await mutedBy(tx, incident, now);
    if (muted !== undefined && row.digestId !== undefined)
      await tx.notifications.endGathered(row.digestId, { state: "silenced", sentAt: undefined, reason: muted }, row.id);
    else
      entries.push({
        ...{ state: incident.state, acknowledgedBy: incident.acknowledgedBy },
        notice: row.body as IncidentNotice,
      });
  }
  return entries;
}

async function mutedBy(tx: StateTransaction, incident: IncidentRow, now: Date): Promise<string | undefined> {
  return silenceOf(await tx.silences.endingAfter(now, incident.modelId), incident, now);
}

interface Written {
  readonly id: string;
  readonly digestId: string;
  readonly recipient: string;
  readonly now: Date;
  readonly body: DigestNotice;
}

async function queueDigest(tx: StateTransaction, { id, digestId, recipient, now, body }: Written): Promise<void> {
  await queueNotification(tx, {
    ...{ id, subjectKind: "digest", subjectId: digestId, kind: "digest", n: 1, recipient, body },
    messageId: `digest-${digestId}@${await tx.instance.id()}`,
    ...{ state: "queued", createdAt: now, sentAt: undefined, reason: undefined },
  });
}
