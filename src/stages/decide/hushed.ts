import { maintenanceAt, silenceOf } from "../../core/incident/silence.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";

type Hushing = Pick<Deciding, "tx" | "model"> & { readonly policy: Pick<Policy, "maintenance"> };

/** Why the model's incident is not spoken of now: a silence, or a maintenance of the policy; undefined where nothing mutes it. */
export async function hushed(
  { tx, policy, model }: Hushing,
  incident: IncidentRow,
  now: Date,
): Promise<string | undefined> {
  const silences = await tx.silences.endingAfter(now, model.id);
  return silenceOf(silences, incident, now) ?? maintenanceAt(policy.maintenance, now);
}

/** The same of an incident that models share: its end is kept back only where each of them is silenced. */
export async function hushedForAll(deciding: Hushing, incident: IncidentRow, now: Date): Promise<string | undefined> {
  const { tx, model } = deciding;
  const members = await tx.incidents.members(incident.id);
  for (const modelId of new Set(members.map((member) => member.modelId))) {
    if (modelId === model.id) continue;
    if (silenceOf(await tx.silences.endingAfter(now, modelId), incident, now) === undefined) return undefined;
  }
  return hushed(deciding, incident, now);
}
