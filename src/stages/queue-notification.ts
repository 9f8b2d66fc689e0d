import type { NotificationRow, StateTransaction } from "../ports/state.ts";

/** Keeps a notification, and asks for it to be sent where it is queued; one that is there already is left alone. */
export async function queueNotification(
  tx: Pick<StateTransaction, "notifications" | "outbox">,
  row: NotificationRow,
): Promise<void> {
  const inserted = await tx.notifications.insert(row);
  if (inserted && row.state === "queued")
    await tx.outbox.add([{ key: `notify-${row.id}`, kind: "notify", subject: row.id }]);
}
