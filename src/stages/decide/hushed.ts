import { maintenanceAt, silenceOf } from "../../core/incident/silence.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";

/** Why an incident is not spoken of now: a silence, or a maintenance of the policy; undefined where nothing mutes it. */
export async function hushed({ tx, policy }: Deciding, incident: IncidentRow, now: Date): Promise<string | undefined> {
  const silences = await tx.silences.endingAfter(now, incident.modelId);
  return silenceOf(silences, incident, now) ?? maintenanceAt(policy.maintenance, now);
}
