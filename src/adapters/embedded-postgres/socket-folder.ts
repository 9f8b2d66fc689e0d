import { createHash } from "node:crypto";
import { chown, lstat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "./durable-files.ts";
import type { Home } from "./home.ts";

/** A socket's path has to fit in `sun_path`: 108 bytes with its final zero on Linux, 104 on macOS and the BSDs. */
const longestPath = process.platform === "linux" ? 107 : 103;

const fits = (folder: string) => Buffer.byteLength(join(folder, ".s.PGSQL.5432")) <= longestPath;

/** A folder in a place that everybody writes to counts only when it is a real one, private, and the server's. */
async function makePrivate(folder: string, home: Home): Promise<boolean> {
  const uid = home.user?.uid ?? process.getuid?.();
  await makeFolder(folder, 0o700);
  const before = await lstat(folder);
  if (home.user !== undefined && before.isDirectory() && before.uid === process.getuid?.())
    await chown(folder, home.user.uid, home.user.gid);
  const status = await lstat(folder);
  return status.isDirectory() && status.uid === uid && (status.mode & 0o077) === 0;
}

/**
 * Folder for the server's socket: in its home, or a short one under the system's temporary folder where the home's
 * path is too long. Undefined where no private folder can be had and on Windows: then loopback with a password serves.
 */
export async function findSocketFolder(home: Home, temporary: string = tmpdir()): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  const digest = createHash("sha256").update(home.folder).digest("hex").slice(0, 12);
  const owner = home.user?.uid ?? process.getuid?.();
  for (const folder of [join(home.folder, "socket"), join(temporary, `driftward-${owner}-${digest}`)])
    if (fits(folder) && (await makePrivate(folder, home).catch(() => false))) return folder;
  return undefined;
}
