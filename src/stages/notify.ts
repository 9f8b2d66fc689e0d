import { systemActor } from "../core/actor.ts";
import type { LinkTo, MailNotice, Notice } from "../core/notice.ts";
import { webhookOf } from "../core/policy/webhook-recipient.ts";
import type { Clock } from "../ports/clock.ts";
import type { Links } from "../ports/links.ts";
import type { Policies } from "../ports/lookups.ts";
import type { Mail, Mailer } from "../ports/mailer.ts";
import type { NotificationRow, State, StateTransaction } from "../ports/state.ts";
import type { Webhooks } from "../ports/webhooks.ts";
import { leavesNow } from "./sensitive-now.ts";

export type { Notice };

export interface NotifyPorts {
  readonly state: State;
  /** By which what became sensitive meanwhile is taken out of what is sent late. */
  readonly policies: Policies;
  readonly mailer: Mailer;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** Where pages are served that mails can lead to. */
  readonly links?: Links | undefined;
  /** Writes the mail of a notice; pure. */
  readonly writeMail: (
    notice: MailNotice,
    instance: string,
    linkTo?: LinkTo,
  ) => Omit<Mail, "to" | "messageId" | "date">;
}

/** Records that a notification will not be sent: it was tried for as long as notifications are. */
export async function failNotification(
  { state, clock }: Pick<NotifyPorts, "state" | "clock">,
  input: { readonly notificationId: string; readonly taskId: string; readonly reason: string },
): Promise<void> {
  await state.transaction(async (tx) => {
    const { id, recipient, kind, subjectKind, subjectId } = await tx.notifications.get(input.notificationId);
    if (await tx.notifications.markFailed(id, input.reason)) {
      if (subjectKind === "digest") await endGathered(tx, subjectId, { state: "failed", reason: input.reason });
      await tx.records.append({
        actor: systemActor,
        at: clock.now(),
        kind: "notification given up",
        subject: subjectId,
        payload: { notification: id, kind, recipient, reason: input.reason },
      });
    }
    await tx.outbox.done(input.taskId);
  });
}

/**
 * Sends one notification, by mail or to a webhook. At least once: a crash between the server's acceptance and the commit sends it again with the
 * same Message-ID, by which mail programs know it for the same.
 */
export async function notify(
  ports: NotifyPorts,
  input: { readonly notificationId: string; readonly taskId?: string },
): Promise<void> {
  const row = await ports.state.notifications.get(input.notificationId);
  if (row.state === "queued") await deliver(ports, row);
  await ports.state.transaction(async (tx) => {
    const sentAt = ports.clock.now();
    if ((await tx.notifications.markSent(row.id, sentAt)) && row.subjectKind === "digest")
      await endGathered(tx, row.subjectId, { state: "sent", sentAt });
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

/** What a digest told ends as the digest did. */
async function endGathered(
  tx: StateTransaction,
  digestId: string,
  { state, sentAt, reason }: { readonly state: "sent" | "failed"; readonly sentAt?: Date; readonly reason?: string },
): Promise<void> {
  await tx.notifications.endGathered(digestId, { state, sentAt, reason });
}

async function deliver(ports: NotifyPorts, row: NotificationRow): Promise<void> {
  const notice = await leavesNow(ports, row.body as MailNotice);
  const instance = await ports.state.instance.id();
  const webhook = webhookOf(row.recipient);
  if (webhook !== undefined && notice.about !== "digest") {
    await ports.webhooks.send(webhook, { id: row.messageId, at: row.createdAt, notice, instance });
    return;
  }
  const linkTo = await ports.links?.for(row.recipient, row.createdAt);
  const written = ports.writeMail(notice, instance, linkTo);
  await ports.mailer.send({ ...written, to: row.recipient, date: row.createdAt, messageId: row.messageId });
}
