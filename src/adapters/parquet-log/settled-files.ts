import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Files of the log that nobody writes any more: last changed so many ms of wall time ago. Baselines are not among them. */
export async function findSettled(
  root: string,
  olderThanMs: number,
): Promise<readonly { readonly modelId: string; readonly path: string }[]> {
  const settled: { readonly modelId: string; readonly path: string }[] = [];
  for (const modelId of await namesIn(root))
    for (const kind of ["predictions", "labels"])
      for (const day of await namesIn(join(root, modelId, kind)))
        for (const name of await namesIn(join(root, modelId, kind, day))) {
          const path = `${modelId}/${kind}/${day}/${name}`;
          const status = await stat(join(root, path)).catch(() => undefined);
          if (status?.isFile() && Date.now() - status.mtimeMs > olderThanMs) settled.push({ modelId, path });
        }
  return settled;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  });
}
