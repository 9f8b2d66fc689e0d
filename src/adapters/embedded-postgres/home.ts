import { createHash, randomUUID } from "node:crypto";
import { lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { exists, hasCode, makeFolder, replaceFile, writeFileOnce } from "./durable-files.ts";
import { findNobody, nameUser, type SystemUser } from "./system-user.ts";

/** Where a data folder's cluster, programs, log and socket are, and who runs the server. */
export interface Home {
  readonly folder: string;
  /** Mode of folders in it that the server must pass through. */
  readonly folderMode: number;
  /** Absent: the user that Driftward runs as. */
  readonly user: SystemUser | undefined;
  /** Names the cluster that must be here; absent before the first one was made. */
  readonly systemIdentifier: string | undefined;
  /** Writes down which cluster belongs to the data folder. */
  pin(systemIdentifier: string): Promise<void>;
}

interface Pointer {
  /** Absolute; absent when the cluster is beside the pointer, so that the data folder can be moved. */
  readonly elsewhere?: string;
  readonly systemIdentifier?: string;
}

const formatPointer = (pointer: Pointer) => `${JSON.stringify(pointer, undefined, 2)}\n`;

async function readPointer(path: string): Promise<Pointer | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Pointer;
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return undefined;
    throw new DriftwardError("StateUnavailable", `expected to read where the state is from ${path}`, { cause });
  }
}

/** Whether a user may pass through every folder above `folder`. */
async function isTraversable(folder: string, user: SystemUser): Promise<boolean> {
  for (let at = dirname(folder); ; at = dirname(at)) {
    const status = await stat(at);
    const bit = status.uid === user.uid ? 0o100 : status.gid === user.gid ? 0o010 : 0o001;
    if ((status.mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * Stops where a folder is somebody else's: two users would lock each other out of one cluster.
 *
 * @throws StateUnavailable, naming the owner
 */
async function requireOwner(folder: string, uid: number | undefined): Promise<void> {
  const owner = (await lstat(folder)).uid;
  if (uid === undefined || owner === uid) return;
  const [expected, got] = [await nameUser(uid), await nameUser(owner)];
  throw new DriftwardError("StateUnavailable", `expected ${folder} to belong to ${expected}, got ${got}`, {
    hint: `run Driftward as ${got}, or give it another data folder`,
  });
}

async function makeElsewhere(folder: string, user: SystemUser): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  if (!(await isTraversable(folder, user)))
    throw new DriftwardError(
      "StateUnavailable",
      `expected every user to pass through ${dirname(folder)}, got a private folder`,
      {
        hint: `run chmod o+x on it, choose another data folder, or set DATABASE_URL`,
      },
    );
  await makeFolder(folder, 0o711);
}

/** The first process to come decides; the others read what it wrote. */
async function decidePlace(beside: string, user: SystemUser | undefined, sharedFolder: string): Promise<Pointer> {
  const path = join(beside, "place.json");
  const decided = await readPointer(path);
  if (decided !== undefined) return decided;
  const name = createHash("sha256").update(`${beside}\n${randomUUID()}`).digest("hex").slice(0, 16);
  const isReachable = user === undefined || (await isTraversable(beside, user));
  await writeFileOnce(path, formatPointer(isReachable ? {} : { elsewhere: join(sharedFolder, name) }));
  return (await readPointer(path)) ?? {};
}

/** initdb hands its own path to a shell in double quotes, where these would be obeyed. */
function requireQuotable(folder: string): void {
  if (process.platform === "win32" || !/["$`\\\n]/.test(folder)) return;
  throw new DriftwardError(
    "InvalidConfig",
    `expected a data folder without any of " $ \` \\ in its path, got ${folder}`,
    {
      hint: "choose another data folder, or set DATABASE_URL",
    },
  );
}

async function makeBeside(dataDirectory: string, mode: number): Promise<string> {
  try {
    await mkdir(dataDirectory, { recursive: true });
    const beside = join(await realpath(dataDirectory), "postgres");
    requireQuotable(beside);
    await makeFolder(beside, mode);
    return beside;
  } catch (cause) {
    if (!hasCode(cause, "EACCES", "EPERM", "EROFS")) throw cause;
    throw new DriftwardError("StateUnavailable", `expected to write in ${dataDirectory}, got ${String(cause)}`, {
      hint: "run Driftward as the folder's owner, or give it another data folder",
      cause,
    });
  }
}

/**
 * Finds the home of a data folder's cluster, or makes one. It is in the data folder, and its server is run by whoever
 * runs Driftward. PostgreSQL refuses root: then nobody runs it, and where nobody cannot reach the data folder (under
 * /root, say) the home is in `sharedFolder` and a pointer in the data folder names it.
 *
 * @throws StateUnavailable when the folder belongs to another user or cannot be written; InvalidConfig when its path
 *         cannot be handed to PostgreSQL's programs
 */
export async function findHome(dataDirectory: string, sharedFolder: string): Promise<Home> {
  const ownUid = process.getuid?.();
  const user = ownUid === 0 ? await findNobody() : undefined;
  const folderMode = user === undefined ? 0o700 : 0o711;
  const beside = await makeBeside(dataDirectory, folderMode);
  await requireOwner(beside, ownUid);
  const pointer = await decidePlace(beside, user, sharedFolder);
  const folder = pointer.elsewhere ?? beside;
  if (pointer.elsewhere !== undefined && pointer.systemIdentifier === undefined && user !== undefined)
    await makeElsewhere(pointer.elsewhere, user);
  if (await exists(folder)) await requireOwner(folder, ownUid);
  return {
    folder,
    folderMode,
    user,
    systemIdentifier: pointer.systemIdentifier,
    pin: (systemIdentifier) => replaceFile(join(beside, "place.json"), formatPointer({ ...pointer, systemIdentifier })),
  };
}
