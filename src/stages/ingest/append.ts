import type { Actor } from "../../core/actor.ts";
import type { FeatureKind } from "../../core/prediction/contract.ts";
import type { WrittenFile } from "../../ports/log.ts";
import type { LogKey, ModelRow, State, StateTransaction } from "../../ports/state.ts";

/** Files that are on disk and shall be in the log, with the keys of their rows. */
export interface Addition {
  readonly model: string;
  readonly modelId: string;
  readonly ingestId: string;
  readonly kind: "predictions" | "labels" | "shadow";
  readonly source: string;
  readonly actor: Actor;
  readonly at: Date;
  /** The model's kinds as they were when the rows were typed, and as they shall be. */
  readonly before: ModelRow["features"];
  readonly kinds: ReadonlyMap<string, FeatureKind>;
  readonly files: readonly WrittenFile[];
  readonly keys: readonly LogKey[];
}

/** Somebody else's change came between; nothing was added. */
class Raced extends Error {}

/**
 * Adds files to the log in one transaction: keys, files with the model's next sequence numbers, the tasks of counting
 * them, and the record.
 *
 * @returns false when another ingest added some of the keys or typed the model meanwhile: nothing has changed then, and
 * the rows must be looked at again
 */
export async function appendToLog(state: State, addition: Addition): Promise<boolean> {
  try {
    await state.transaction((tx) => append(tx, addition));
    return true;
  } catch (error) {
    if (error instanceof Raced) return false;
    throw error;
  }
}

async function append(tx: StateTransaction, addition: Addition): Promise<void> {
  const { modelId, ingestId, kind, files, keys, at } = addition;
  const model = await tx.models.ensure(addition.model, modelId, at);
  if (model.id !== modelId || !sameKinds(model.features, addition.before)) throw new Raced();
  if ((await tx.log.insertKeys(modelId, kind, keys)) < keys.length) throw new Raced();
  let seq = model.logSeq;
  for (const file of files) {
    seq += 1;
    await tx.log.insertFile({ ...file, modelId, ingestId, kind, seq });
  }
  await tx.models.update(modelId, { logSeq: seq, features: Object.fromEntries(addition.kinds) });
  if (kind === "predictions")
    await tx.outbox.add(files.map(({ id }) => ({ key: `count-${id}`, kind: "count" as const, subject: id })));
  if (kind === "shadow") await wakeShadow(tx, model.id, addition);
  await tx.records.append({
    actor: addition.actor,
    at,
    kind: "log extended",
    subject: addition.model,
    payload: {
      ingest: ingestId,
      kind,
      source: addition.source,
      files: files.map(({ id, path, sha256, rowCount }) => ({ id, path, sha256, rows: rowCount })),
    },
  });
}

/**
 * Lets a promotion that is in shadow look at rows of before the shadow, among which are its evaluation rows; at most once in
 * a span of time, for they may come in many small pieces.
 */
async function wakeShadow(tx: StateTransaction, modelId: string, { at, files }: Addition): Promise<void> {
  const run = await tx.runs.active(modelId);
  if (run?.step !== "shadow") return;
  const since = run.stepSince ?? run.createdAt;
  if (!files.some(({ firstAt }) => firstAt < since)) return;
  const span = Math.floor(at.getTime() / lookEveryMs) + 1;
  const key = `run-${run.id}-${run.epoch}-rows-${span}`;
  const notBefore = new Date(span * lookEveryMs);
  await tx.outbox.add([{ key, kind: "run", subject: run.id, epoch: run.epoch, notBefore }]);
}

const lookEveryMs = 300_000;

function sameKinds(a: ModelRow["features"], b: ModelRow["features"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
