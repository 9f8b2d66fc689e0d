import { systemActor } from "../../core/actor.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { touch } from "./join-incident.ts";
import { resolveIncident } from "./resolve-incident.ts";

/** Ends an incident; of one that models share, the part of this model, and the incident when it is the last to leave. */
export async function leaveOrResolve(
  deciding: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome | undefined,
  resolution: string,
): Promise<void> {
  const { ports, tx, model, check } = deciding;
  const at = ports.clock.now();
  const present = (await tx.incidents.members(incident.id)).filter(({ leftAt }) => leftAt === undefined);
  const own = present.find(({ modelId }) => modelId === model.id);
  if (own !== undefined) await tx.incidents.endMember(own, { leftCheck: check.id, leftAt: at, resolution });
  const others = present.filter((member) => member !== own);
  if (others.length === 0) return resolveIncident(deciding, incident, rule, resolution);
  await touch(deciding, incident);
  await tx.records.append({
    ...{ actor: systemActor, at, kind: "incident left", subject: incident.id },
    payload: {
      ...{ incident: incident.number, model: model.name, check: check.id, rule: incident.rule, resolution },
      remain: others.map((member) => member.model),
    },
  });
}
