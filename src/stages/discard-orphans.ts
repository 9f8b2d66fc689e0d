import { millisecondsPer } from "../core/units.ts";
import type { PredictionLog } from "../ports/log.ts";
import type { State } from "../ports/state.ts";

/** An ingest that takes longer between writing a file and committing it does not exist. */
const defaultAgeMs = millisecondsPer.d;

/**
 * Removes files that were written and never came into the log, because the process died before it could commit them.
 * Young files are left alone: another process may be about to commit them.
 *
 * @returns how many were removed
 */
export async function discardOrphans(
  ports: { readonly state: State; readonly log: PredictionLog },
  olderThanMs: number = defaultAgeMs,
): Promise<number> {
  // First the folder, then the log: a file that is committed in between is found in the log.
  const settled = await ports.log.settled(olderThanMs);
  const orphans: { readonly path: string }[] = [];
  for (const modelId of new Set(settled.map((file) => file.modelId))) {
    const known = await pathsOf(ports.state, modelId);
    orphans.push(...settled.filter((file) => file.modelId === modelId && !known.has(file.path)));
  }
  await ports.log.discard(orphans);
  return orphans.length;
}

async function pathsOf(state: State, modelId: string): Promise<ReadonlySet<string>> {
  const kinds = ["predictions", "labels", "shadow"] as const;
  const files = await Promise.all(kinds.map((kind) => state.log.files(modelId, kind, {})));
  return new Set(files.flat().map(({ path }) => path));
}
