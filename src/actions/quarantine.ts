import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import { toWholeHours } from "../core/quarantine/quarantine.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { QuarantineRow, State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";

export interface QuarantinePorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface QuarantineWish {
  readonly model: string;
  /** Event time, half-open; made to whole hours, outwards. */
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
  readonly actor: Actor;
}

const listHint = "`driftward quarantine --list` lists those that stand";

/**
 * Keeps hours of a model's rows out of windows, baselines and training data from now on. What was checked or trained
 * before stays as it was, and a replay knows of it from this moment on.
 *
 * @throws NotFound when there is no such model; InvalidInput for a span that is none
 */
export async function quarantine(ports: QuarantinePorts, wish: QuarantineWish): Promise<QuarantineRow> {
  const { from, to, actor } = wish;
  const reason = wish.reason.trim();
  if (from >= to)
    throw new DriftwardError("InvalidInput", `expected an end after ${from.toISOString()}, got ${to.toISOString()}`);
  if (reason === "")
    throw new DriftwardError("InvalidInput", "expected a reason, got none", { hint: '--reason "backfill gone wrong"' });
  const model = await requireModel(ports.state, wish.model);
  const { start, end } = toWholeHours({ start: from, end: to });
  return ports.state.transaction(async (tx) => {
    const { logSeq } = await tx.models.lock(model.id);
    const at = ports.clock.now();
    const seq = logSeq + 1;
    await tx.models.update(model.id, { logSeq: seq });
    const row = await tx.quarantines.insert({
      ...{ id: ports.ids.next(), modelId: model.id, from: start, to: end, reason, createdBy: actor.id, seq, at },
      ...{ liftedSeq: undefined, liftedBy: undefined, liftedAt: undefined },
    });
    await tx.records.append({
      ...{ actor, at, kind: "quarantine began", subject: model.id },
      payload: { ...spanOf(row), model: model.name, seq, reason },
    });
    return row;
  });
}

/** Quarantines that stand, of one model or of all, each with its model's name. */
export async function listQuarantines(
  { state }: Pick<QuarantinePorts, "state">,
  model?: string,
): Promise<readonly (QuarantineRow & { readonly model: string })[]> {
  const names = new Map((await state.models.list()).map(({ id, name }) => [id, name]));
  const rows = await state.quarantines.list(model === undefined ? undefined : (await requireModel(state, model)).id);
  return rows
    .filter(({ liftedSeq }) => liftedSeq === undefined)
    .map((row) => ({ ...row, model: names.get(row.modelId) ?? "?" }));
}

/**
 * Ends a quarantine: its hours count again in what is checked and trained from now on.
 *
 * @throws NotFound when there is none of this number; Conflict when it was lifted before
 */
export async function liftQuarantine(
  { state, clock }: Pick<QuarantinePorts, "state" | "clock">,
  { number, actor }: { readonly number: number; readonly actor: Actor },
): Promise<QuarantineRow> {
  const found = await state.quarantines.findByNumber(number);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected the number of a quarantine, got ${number}`, { hint: listHint });
  return state.transaction(async (tx) => {
    const { logSeq } = await tx.models.lock(found.modelId);
    const at = clock.now();
    const lifted = { liftedSeq: logSeq + 1, liftedBy: actor.id, liftedAt: at };
    if (!(await tx.quarantines.lift(found.id, lifted)))
      throw new DriftwardError("Conflict", `quarantine ${number} was lifted before`, { hint: listHint });
    await tx.models.update(found.modelId, { logSeq: logSeq + 1 });
    await tx.records.append({
      ...{ actor, at, kind: "quarantine lifted", subject: found.modelId },
      payload: { ...spanOf(found), seq: logSeq + 1 },
    });
    return { ...found, ...lifted };
  });
}

function spanOf({ number, from, to }: QuarantineRow): object {
  return { quarantine: number, from: from.toISOString(), to: to.toISOString() };
}
