import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { link, open, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { hasCode } from "./durable-files.ts";
import type { Home } from "./home.ts";
import { lastWords } from "./last-words.ts";
import { spawnPlace } from "./run-program.ts";
import { findSocketFolder } from "./socket-folder.ts";

/** Where a server listens: a folder that holds its socket, or 127.0.0.1. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const longestLogBytes = 10_000_000;

const settings: readonly string[] = [
  "max_connections=200",
  "shared_buffers=32MB",
  "max_wal_size=256MB",
  "min_wal_size=64MB",
  // Containers often have 64 MB of /dev/shm, and parallel queries would fail there.
  "max_parallel_workers_per_gather=0",
  "timezone=UTC",
  "log_timezone=UTC",
  "log_checkpoints=off",
  "unix_socket_permissions=0700",
];

/** Where the running server, or the last one, listens, from the lock file that it keeps in its data folder. */
export async function readAddress(data: string): Promise<Address | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const [, , , port = "", socketFolder = "", listen = ""] = text.split("\n");
  const host = socketFolder === "" ? listen : socketFolder;
  return port === "" || host === "" ? undefined : { host, port: Number(port) };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The socket of its home where that can be; else loopback, on the port it had before so that clients find it again. */
async function chooseAddress(home: Home, data: string): Promise<Address> {
  const socketFolder = await findSocketFolder(home);
  if (socketFolder !== undefined) return { host: socketFolder, port: 5432 };
  const before = await readAddress(data);
  return { host: "127.0.0.1", port: before?.host === "127.0.0.1" ? before.port : await findFreePort() };
}

/**
 * Removes a lock file whose process number another program has now, as happens when a container starts again: the
 * server would refuse to start for ever. A server's working folder is its data folder, which tells them apart.
 */
async function removeForeignLock(data: string): Promise<void> {
  const path = join(data, "postmaster.pid");
  const text = await readFile(path, "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (folder === undefined || folder === (await realpath(data))) return;
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  // Another process may have done the same and started a server since: its file goes back.
  if ((await readFile(aside, "utf8").catch(() => text)) !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

const logFile = (home: Home) => join(home.folder, "server.log");

async function openLog(path: string) {
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  );
  if (size > longestLogBytes) await rename(path, `${path}.1`);
  return open(path, "a", 0o600);
}

/** Starts the server in a session of its own: a Ctrl-C that stops Driftward must not stop it before the workers. */
export async function startServer(home: Home, cluster: Cluster, binaries: Binaries): Promise<ChildProcess> {
  await removeForeignLock(cluster.data);
  const { host, port } = await chooseAddress(home, cluster.data);
  const listen = host.startsWith("/")
    ? ["listen_addresses=", `unix_socket_directories=${quoteListItem(host)}`]
    : [`listen_addresses=${host}`, "unix_socket_directories="];
  const parameters = [
    "-D",
    cluster.data,
    "-p",
    String(port),
    ...[...settings, ...listen].flatMap((each) => ["-c", each]),
  ];
  const log = await openLog(logFile(home));
  try {
    const place = spawnPlace({ folder: cluster.data, user: home.user });
    const child = spawn(binaries.postgres, parameters, { ...place, detached: true, stdio: ["ignore", log.fd, log.fd] });
    child.on("error", () => undefined);
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** The setting is a list, in which a path with a comma or a space is quoted. */
const quoteListItem = (path: string) => `"${path.replaceAll('"', '""')}"`;

/** How much the server has logged, for `readWhyNot`. */
export async function logSize(home: Home): Promise<number> {
  return stat(logFile(home)).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Why the server did not start, as it logged it since its log was `from` bytes long, for an error's message. */
export async function readWhyNot(home: Home, from: number): Promise<string> {
  const text = await readFile(logFile(home)).catch((error: unknown) =>
    Buffer.from(hasCode(error, "ENOENT") ? "" : String(error)),
  );
  return lastWords(text.subarray(text.length < from ? 0 : from).toString("utf8"));
}
