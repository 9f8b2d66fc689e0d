import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import { formatDuration, formatInstant } from "../core/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { SilenceRow, State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";

export interface SilencePorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface SilenceWish {
  readonly model: string;
  /** Only this rule's incidents; of every rule when undefined. */
  readonly rule: string | undefined;
  readonly segment: string | undefined;
  readonly forMs: number;
  readonly reason: string;
  readonly actor: Actor;
}

/** A silence that lasts longer is a policy that should be changed. */
const longestMs = 90 * 86_400_000;

/**
 * Mutes what a model's incidents would say, until an end. They open, resolve and are recorded as before; so is what
 * was not said.
 *
 * @throws NotFound when there is no such model; InvalidInput for a span that is none
 */
export async function silence(ports: SilencePorts, wish: SilenceWish): Promise<SilenceRow> {
  const { forMs, rule, segment, reason, actor } = wish;
  if (!(forMs > 0 && forMs <= longestMs))
    throw new DriftwardError(
      "InvalidInput",
      `expected a silence longer than 0s and at most 90d, got ${formatDuration(forMs)}`,
      {
        hint: "change the policy where something shall stay quiet for good",
      },
    );
  const model = await requireModel(ports.state, wish.model);
  return ports.state.transaction(async (tx) => {
    await tx.models.lock(model.id);
    const at = ports.clock.now();
    const row = await tx.silences.insert({
      ...{ id: ports.ids.next(), modelId: model.id, rule, segment, reason, createdBy: actor.id },
      ...{ startsAt: at, endsAt: new Date(at.getTime() + forMs) },
    });
    await tx.records.append({
      ...{ actor, at, kind: "silence began", subject: model.id },
      payload: { silence: row.number, model: model.name, ...onlyOf(row), until: row.endsAt.toISOString(), reason },
    });
    return row;
  });
}

/** Silences that have not ended, in order of their numbers, each with its model's name. */
export async function listSilences({
  state,
  clock,
}: Pick<SilencePorts, "state" | "clock">): Promise<readonly (SilenceRow & { readonly model: string })[]> {
  const names = new Map((await state.models.list()).map(({ id, name }) => [id, name]));
  const rows = await state.silences.endingAfter(clock.now());
  return rows.map((row) => ({ ...row, model: names.get(row.modelId) ?? "?" }));
}

/**
 * Ends a silence before its time.
 *
 * @throws NotFound when there is none of this number; Conflict when it has ended
 */
export async function expireSilence(
  { state, clock }: Pick<SilencePorts, "state" | "clock">,
  { number, actor }: { readonly number: number; readonly actor: Actor },
): Promise<SilenceRow> {
  const hint = "`driftward silence --list` lists those that last";
  const found = await state.silences.findByNumber(number);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected the number of a silence, got ${number}`, { hint });
  return state.transaction(async (tx) => {
    await tx.models.lock(found.modelId);
    const at = clock.now();
    if (!(await tx.silences.endAt(found.id, at)))
      throw new DriftwardError("Conflict", `silence ${number} ended at ${formatInstant(found.endsAt)}`, { hint });
    await tx.records.append({
      ...{ actor, at, kind: "silence expired", subject: found.modelId },
      payload: { silence: number, ...onlyOf(found) },
    });
    return tx.silences.get(found.id);
  });
}

function onlyOf({ rule, segment }: Pick<SilenceRow, "rule" | "segment">): { rule?: string; segment?: string } {
  return { ...(rule === undefined ? {} : { rule }), ...(segment === undefined ? {} : { segment }) };
}
