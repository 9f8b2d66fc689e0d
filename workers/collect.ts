import type { Logger } from "../src/ports/logger.ts";
import type { Policies } from "../src/ports/lookups.ts";
import type { Worker } from "../src/ports/queue.ts";
import { type CollectPorts, collect } from "../src/stages/collect.ts";
import { startLoop } from "./loop.ts";

export interface CollectParts extends CollectPorts {
  readonly policies: Policies;
  readonly logger: Logger;
  /** Wall time between the end of one look and the start of the next. */
  readonly everyMs: number;
}

/** Takes in what policies name until it is closed. What goes wrong is logged once while it stays the same. */
export function startCollect(parts: CollectParts): Worker {
  const known = new Set<string>();
  const said = new Map<string, string>();
  return startLoop(parts.everyMs, async (signal) => {
    try {
      for (const model of await parts.state.models.list()) {
        if (model.policyRevision === undefined || signal.aborted) continue;
        await collectModel(parts, model, { known, said, signal });
      }
    } catch (error) {
      if (!signal.aborted) parts.logger.warn({ error }, "predictions could not be looked for");
    }
  });
}

async function collectModel(
  parts: CollectParts,
  model: Parameters<typeof collect>[1],
  {
    known,
    said,
    signal,
  }: { readonly known: Set<string>; readonly said: Map<string, string>; readonly signal: AbortSignal },
): Promise<void> {
  const { logger, policies } = parts;
  try {
    const policy = await policies.of(model.policyRevision ?? "");
    const { files, problems } = await collect(parts, model, policy, { known, signal });
    for (const { file, result } of files) {
      const { accepted, refused } = result;
      logger.info({ model: model.name, file, accepted, refused }, "predictions were taken in");
    }
    for (const { file, error } of problems)
      logger.warn({ model: model.name, file, error }, "a file cannot be taken in");
    said.delete(model.id);
  } catch (error) {
    if (signal.aborted || said.get(model.id) === String(error)) return;
    said.set(model.id, String(error));
    logger.warn({ model: model.name, error }, "predictions could not be taken in; it is tried again");
  }
}
