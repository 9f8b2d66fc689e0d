import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { IncidentRow, State } from "../ports/state.ts";
import { findIncident } from "./why.ts";

/**
 * A person takes an incident on: firing becomes acknowledged, and nobody further is told because nobody answered. The
 * incident resolves by itself as before.
 *
 * @param name  `INC-12`, or its number
 * @param by    who takes it on, where that is another than who says so; the record has both
 * @returns the incident as it is then
 * @throws NotFound when there is no such incident; Conflict when it is not firing any more; InvalidInput when `by` is no
 *         name
 */
export async function acknowledge(
  { state, clock }: { readonly state: State; readonly clock: Clock },
  {
    name,
    note,
    by,
    actor,
  }: {
    readonly name: string;
    readonly note: string | undefined;
    readonly by?: string | undefined;
    readonly actor: Actor;
  },
): Promise<IncidentRow> {
  if (by !== undefined) checkPerson(by);
  const { id } = await findIncident(state, name);
  return state.transaction(async (tx) => {
    const { modelId, sourceKey } = await tx.incidents.get(id);
    const model = await tx.models.lock(modelId);
    if (sourceKey !== undefined) await tx.incidents.lockSource(sourceKey);
    const incident = await tx.incidents.get(id);
    const at = clock.now();
    const { number, epoch } = incident;
    if (incident.state !== "firing") throw notFiring(incident);
    await tx.incidents.transition({
      ...{ id, from: "firing", epoch, to: "acknowledged" },
      set: { acknowledgedAt: at, acknowledgedBy: by ?? actor.id },
    });
    await tx.records.append({
      ...{ actor, at, kind: "incident acknowledged", subject: id },
      payload: { incident: number, model: model.name, rule: incident.rule, ...given({ note, by }) },
    });
    return tx.incidents.get(id);
  });
}

function given({ note, by }: { note: string | undefined; by: string | undefined }): { note?: string; by?: string } {
  return { ...(note === undefined ? {} : { note }), ...(by === undefined ? {} : { by }) };
}

/** A name stands in mails and lists: one line, and not too long. */
function checkPerson(name: string): void {
  if (/^[^\p{C}\p{Z}](?:[^\p{C}]{0,98}[^\p{C}\p{Z}])?$/u.test(name)) return;
  throw new DriftwardError("InvalidInput", "expected a name or an address of 1 to 100 characters in --by", {
    hint: "driftward ack INC-12 --by ada@example.com",
  });
}

function notFiring({ number, state, acknowledgedBy }: IncidentRow): DriftwardError {
  const by = state === "acknowledged" && acknowledgedBy !== undefined ? ` by ${acknowledgedBy}` : "";
  return new DriftwardError("Conflict", `expected INC-${number} to be firing, it is ${state}${by}`, {
    hint: `\`driftward why INC-${number}\` tells its story`,
  });
}
