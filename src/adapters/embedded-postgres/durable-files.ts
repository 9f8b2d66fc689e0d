import { randomUUID } from "node:crypto";
import { chmod, link, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isNativeError } from "node:util/types";

/** What a process that died in the middle left behind is swept after this long; nothing takes a tenth of it. */
const abandonedAfterMs = 10 * 60_000;

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return isNativeError(error) && "code" in error && codes.includes(String(error.code));
}

/** Makes the names in a folder survive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file that is there whole or not at all, in place of the one before. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.new`;
  await writeSynced(aside, text);
  await rename(aside, path);
  await syncFolder(dirname(path));
}

/** Writes a file unless it is there. False when it was: of several writers exactly one wins. */
export async function writeFileOnce(path: string, text: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}.new`;
  await writeSynced(aside, text);
  try {
    await link(aside, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * Moves a finished folder to its name. When another process was first, its folder stands and this one is removed.
 */
export async function publishFolder(finished: string, target: string): Promise<void> {
  try {
    await rename(finished, target);
    await syncFolder(dirname(target));
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST", "EPERM")) throw error;
    await lstat(target);
    await rm(finished, { recursive: true, force: true });
  }
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, "ENOENT")) return false;
      throw error;
    },
  );
}

/**
 * Calls `make` with a fresh name for a folder that is being made beside its target. When it fails nothing stays: on a
 * full disk each attempt would leave less room for the next.
 */
export async function makeFolderWith(folder: string, make: (making: string) => Promise<void>): Promise<void> {
  const making = join(folder, `making-${randomUUID()}`);
  try {
    await make(making);
  } catch (error) {
    await rm(making, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** Removes what processes that died in the middle of making a folder left behind. */
export async function sweepAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith("making-")) continue;
    const status = await lstat(join(folder, name)).catch(() => undefined);
    if (status && Date.now() - status.mtimeMs > abandonedAfterMs)
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Lets every user read a folder and all that is in it, whatever the umask was. */
export async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Makes a folder of exactly this mode, whatever the umask is; one that is there already is left as it is. */
export async function makeFolder(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
    await chmod(folder, mode);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
}
