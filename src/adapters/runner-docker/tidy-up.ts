import { labels } from "./container-options.ts";
import type { DockerContext } from "./context.ts";
import type { Daemon } from "./daemon.ts";
import { endContainer, type Known, reasonToEnd, settleEnded } from "./end-container.ts";

/**
 * Ends and removes containers that nobody looks at any more: their end was kept and removing them failed, or they were
 * given up or cancelled while the daemon or Driftward was away. It never fails; the next start tries again.
 */
export async function tidyUp(
  context: DockerContext,
  daemon: Daemon,
  findKnown: (key: string) => Promise<Known | undefined>,
): Promise<void> {
  const label = `${labels.root}=${context.rootDigest}`;
  const keys = await daemon.listKeys(label, labels.key).catch((): string[] => []);
  for (const key of keys)
    try {
      const known = await findKnown(key);
      if (known !== undefined) await tidyOne(context, known);
    } catch {
      // Left to the next start.
    }
}

async function tidyOne(context: DockerContext, known: Known): Promise<void> {
  const found = await known.find();
  if (found === undefined) return;
  const isOver = (await known.folder.readEnd()) !== undefined || (await known.folder.isCancelAsked());
  const isRunning = found.State.Running || found.State.Paused;
  const why = isOver ? ({ state: "cancelled" } as const) : await reasonToEnd(known, found, new Date());
  if (isRunning && why !== undefined) await endContainer(context, known, found, why);
  // One that ended by itself is the business of its run, which looks at it.
  else if (!isRunning && isOver) await settleEnded(context, known, found);
}
