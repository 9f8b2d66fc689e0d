import { ContainerFolder } from "./container-folder.ts";
import { containerName, labels } from "./container-options.ts";
import type { DockerContext } from "./context.ts";
import type { Daemon } from "./daemon.ts";

/**
 * Removes ended containers that nobody looks at any more: their end was kept and removing them failed, or they were
 * cancelled and Driftward died before they ended. It never fails; the next start tries again.
 */
export async function tidyUp(
  { root, rootDigest }: DockerContext,
  daemon: Daemon,
  settle: (key: string) => Promise<unknown>,
): Promise<void> {
  const keys = await daemon.listEnded(`${labels.root}=${rootDigest}`, labels.key).catch((): string[] => []);
  for (const key of keys)
    try {
      const folder = new ContainerFolder(root, key);
      if ((await folder.readEnd()) !== undefined) await daemon.remove(containerName(key), { force: false });
      else if (await folder.isCancelAsked()) await settle(key);
    } catch {
      // Left to the next start.
    }
}
