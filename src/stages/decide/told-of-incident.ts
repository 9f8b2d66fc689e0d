import type { IncidentRow, NotificationRow, StateReads } from "../../ports/state.ts";

/** What was said of an incident; what a silence kept back was not. */
export async function toldOfIncident(
  tx: { readonly notifications: Pick<StateReads["notifications"], "ofSubject"> },
  { id }: Pick<IncidentRow, "id">,
): Promise<readonly NotificationRow[]> {
  return (await tx.notifications.ofSubject(id)).filter(({ state }) => state !== "silenced");
}

/** Who was told, each once. */
export function toldRecipients(told: readonly NotificationRow[]): readonly string[] {
  return [...new Set(told.map(({ recipient }) => recipient))];
}
