import { systemActor } from "../../core/actor.ts";
import type { LiveBaselineRow, ModelRow, State } from "../../ports/state.ts";
import type { GatherPorts } from "./gather.ts";

export interface Keeping {
  readonly model: ModelRow;
  readonly known: LiveBaselineRow;
  readonly rows: number | undefined;
  readonly reason: string;
  readonly taskId: string | undefined;
}

/** The version stays with the baseline that it has, and what was gathered is told to be not enough. */
export async function keepFormer(
  { state, clock }: Pick<GatherPorts, "clock"> & { readonly state: Pick<State, "transaction"> },
  { model, known, rows, reason, taskId }: Keeping,
): Promise<void> {
  const { id, state: from, epoch, versionId, startsAt, endsAt, asOfSeq } = known;
  await state.transaction(async (tx) => {
    const kept = await tx.liveBaselines.transition({ id, from, epoch, to: "kept", set: { rowCount: rows, reason } });
    if (taskId !== undefined) await tx.outbox.done(taskId);
    if (!kept) return;
    const version = await tx.versions.get(versionId);
    await tx.records.append({
      ...{ actor: systemActor, at: clock.now(), kind: "live baseline left out", subject: model.name },
      payload: {
        ...{ version: version.name, from: startsAt?.toISOString(), until: endsAt?.toISOString() },
        ...{ rows, asOfSeq, reason },
      },
    });
  });
}
