import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { LogFileRow, State } from "../../ports/state.ts";
import type { BatchPartRow } from "../../ports/state-batches.ts";

export interface BatchPorts {
  readonly state: State;
  readonly log: Pick<PredictionLog, "locate">;
  readonly engine: Pick<CountEngine, "batches">;
}

type Arrived = LogFileRow & { readonly arrivedAt: Date | undefined };

/** Files that are looked at in one go, and goes of one tick. */
const [filesAtOnce, mostGoes] = [64, 10];

/**
 * Looks which batches the files hold that came since the last time, and records it.
 *
 * @param before  files that arrived before count from their arrival on, others from now on
 * @returns false when there is more to look at than one tick may
 */
export async function lookForBatches(
  ports: BatchPorts,
  asked: { readonly modelId: string; readonly column: string; readonly before: Date; readonly now: Date },
): Promise<boolean> {
  const { modelId, column, before, now } = asked;
  for (let go = 0; go < mostGoes; go += 1) {
    const files = await ports.state.batches.unseen(modelId, column, filesAtOnce);
    if (files.length === 0) return true;
    const seenAt = ({ arrivedAt, lastAt }: Arrived) => {
      const arrived = arrivedAt ?? lastAt;
      return arrived <= before ? arrived : now;
    };
    const parts = await batchPartsOf(ports, files, { column, seenAt });
    const looked = files.map((file) => lookedAt(file, column, seenAt(file)));
    await ports.state.transaction((tx) => tx.batches.insert([...parts, ...looked]));
  }
  return false;
}

/** The batches of files, as they stand in them. */
export async function batchPartsOf<File extends LogFileRow>(
  { log, engine }: Omit<BatchPorts, "state">,
  files: readonly File[],
  { column, seenAt }: { readonly column: string; readonly seenAt: (file: File) => Date },
): Promise<readonly BatchPartRow[]> {
  if (files.length === 0) return [];
  const paths = files.map((file) => log.locate(file));
  const found = await engine.batches({ files: { paths, format: "parquet" }, column });
  return found.flatMap(({ file: index, ...part }) => {
    const file = files[index];
    if (file === undefined) return [];
    return [{ ...part, logFileId: file.id, modelId: file.modelId, columnName: column, seenAt: seenAt(file) }];
  });
}

function lookedAt({ id, modelId, firstAt, lastAt }: LogFileRow, column: string, seenAt: Date): BatchPartRow {
  return { logFileId: id, modelId, columnName: column, batch: "", rows: 0, firstAt, lastAt, seenAt };
}
