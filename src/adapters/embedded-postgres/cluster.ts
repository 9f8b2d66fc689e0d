import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { type Binaries, serverMajor } from "./binaries.ts";
import { exists, makeFolder, makeFolderWith, publishFolder, replaceFile } from "./durable-files.ts";
import type { Home } from "./home.ts";
import { lastWords } from "./last-words.ts";
import { runProgram } from "./run-program.ts";
import { findNobody, hasAccount } from "./system-user.ts";

/** Name of the database's superuser and of the database: one project has one cluster to itself. */
export const clusterUser = "driftward";
export const clusterDatabase = "driftward";

export interface Cluster {
  /** PostgreSQL's data folder. */
  readonly data: string;
  /** Asked for on loopback only: a private socket folder is protection enough. */
  readonly password: string;
}

/**
 * initdb, and it alone, refuses a user who has no name, as containers often run under: in a user namespace it sees a
 * user that has one, while the files are the real user's.
 */
async function nameForInitdb(home: Home): Promise<readonly string[]> {
  const uid = process.getuid?.();
  if (home.user !== undefined || uid === undefined || process.platform !== "linux" || (await hasAccount(uid)))
    return [];
  const { uid: named, gid } = await findNobody();
  return ["/usr/bin/unshare", "--user", `--map-user=${named}`, `--map-group=${gid}`];
}

/** Only the data is the server's own; what Driftward itself writes and trusts stays out of its reach. */
async function initialise(home: Home, binaries: Binaries, making: string): Promise<void> {
  const data = join(making, "data");
  const passwordFile = join(making, "data.password");
  const password = randomBytes(24).toString("base64url");
  await makeFolder(making, home.folderMode);
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (home.user !== undefined) for (const path of [data, passwordFile]) await chown(path, home.user.uid, home.user.gid);
  const files = ["-D", data, "-U", clusterUser, `--pwfile=${passwordFile}`];
  // Without these the caller's LANG decides, and none gives SQL_ASCII.
  const locale = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const trust = ["--auth-local=trust", "--auth-host=scram-sha-256"];
  const command = [...(await nameForInitdb(home)), binaries.initdb, ...files, ...locale, ...trust];
  const { exitCode, output } = await runProgram(command, { folder: making, user: home.user });
  if (exitCode !== 0)
    throw new DriftwardError(
      "StateUnavailable",
      `expected initdb to make a cluster in ${data}, got: ${lastWords(output)}`,
      {
        hint: "free disk space, give the user a name in /etc/passwd, or set DATABASE_URL to a PostgreSQL of your own",
      },
    );
  await rm(passwordFile);
  await replaceFile(join(making, "password"), password);
  await replaceFile(join(making, "ready"), `PostgreSQL ${serverMajor}\n`);
  await publishFolder(making, join(home.folder, "cluster"));
}

/** The number that initdb gave the cluster: the first eight bytes of its control file. */
export async function readSystemIdentifier(data: string): Promise<string> {
  const handle = await open(join(data, "global", "pg_control"), "r");
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.readBigUInt64LE().toString();
  } finally {
    await handle.close();
  }
}

async function requireUsable(cluster: string): Promise<void> {
  const data = join(cluster, "data");
  if (!(await exists(join(cluster, "ready"))))
    throw new DriftwardError(
      "StateUnavailable",
      `expected a finished cluster in ${cluster}, got one without its marker`,
      {
        hint: "restore the whole folder from a backup, or move it away to begin anew",
      },
    );
  const version = (await readFile(join(data, "PG_VERSION"), "utf8")).trim();
  if (version !== serverMajor)
    throw new DriftwardError(
      "StateUnavailable",
      `expected a cluster of PostgreSQL ${serverMajor}, got ${version} in ${data}`,
      {
        hint: `use the Driftward that made it, or dump with it and restore into a new data folder`,
      },
    );
}

async function requireSame(home: Home, data: string): Promise<void> {
  const found = await readSystemIdentifier(data);
  if (home.systemIdentifier === undefined) return home.pin(found);
  if (found === home.systemIdentifier) return;
  throw new DriftwardError("StateUnavailable", `expected cluster ${home.systemIdentifier} in ${data}, got ${found}`, {
    hint: "restore the cluster that belongs to this data folder; place.json names it",
  });
}

/** @throws StateUnavailable when the data folder had a cluster and it is not where it was: never a reason for a new one */
export async function requireNotLost(home: Home): Promise<void> {
  const cluster = join(home.folder, "cluster");
  if (home.systemIdentifier === undefined || (await exists(cluster))) return;
  throw new DriftwardError(
    "StateUnavailable",
    `expected cluster ${home.systemIdentifier} in ${cluster}, got no such folder`,
    {
      hint: "restore it from a backup; to begin anew on purpose, move the data folder's postgres folder away",
    },
  );
}

/**
 * The cluster of a home, made when there never was one. Made in a folder of its own, marked, synced and renamed, so
 * that a half-made one is never taken for one, and of several processes one wins.
 *
 * @throws StateUnavailable when the cluster is gone, half there, another one, or of another major version
 */
export async function findCluster(home: Home, binaries: Binaries): Promise<Cluster> {
  const cluster = join(home.folder, "cluster");
  await requireNotLost(home);
  if (!(await exists(cluster))) await makeFolderWith(home.folder, (making) => initialise(home, binaries, making));
  await requireUsable(cluster);
  const data = join(cluster, "data");
  await requireSame(home, data);
  return { data, password: await readFile(join(cluster, "password"), "utf8") };
}
