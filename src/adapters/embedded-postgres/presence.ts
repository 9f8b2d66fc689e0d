import { setTimeout as sleep } from "node:timers/promises";
import { isNativeError } from "node:util/types";
import pg from "pg";
import { DriftwardError } from "../../core/errors.ts";
import type { Binaries } from "./binaries.ts";
import { type Cluster, clusterDatabase, clusterUser, readSystemIdentifier } from "./cluster.ts";
import type { Home } from "./home.ts";
import { runProgram } from "./run-program.ts";
import { type Address, logSize, readAddress, readWhyNot, startServer } from "./server.ts";

/** What is needed to start, reach and stop one cluster's server. */
export interface Site {
  readonly home: Home;
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  /** How long a start is tried again: after a kill it was refused for 2 to 3 s, until the last process was gone. */
  readonly startWithinMs: number;
}

/** A session that may be told not to keep the process alive; the type of pg lacks the two. */
type Session = pg.Client & { ref(): void; unref(): void };

/** A process that uses the server, as the server sees it: a session that holds a shared lock. */
export interface Presence {
  readonly session: Session;
  readonly address: Address;
}

/** Everybody who uses the server holds it shared; who can have it alone is the last and stops the server. */
const presenceLock = "hashtextextended('driftward presence', 0)";

/** A server that replays its log says so and is waited for. */
const recoverWithinMs = 180_000;

const codeOf = (error: unknown) => (isNativeError(error) && "code" in error ? String(error.code) : "");

export function sessionOptions(address: Address, cluster: Cluster, database: string): pg.ClientConfig {
  const { host, port } = address;
  return { host, port, user: clusterUser, password: cluster.password, database, ssl: false };
}

async function connect(address: Address, cluster: Cluster, database: string): Promise<Session> {
  const session = new pg.Client({
    ...sessionOptions(address, cluster, database),
    application_name: "driftward presence",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }) as Session;
  session.on("error", () => undefined);
  try {
    await session.connect();
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

async function makeDatabase(address: Address, cluster: Cluster): Promise<void> {
  const session = await connect(address, cluster, "postgres");
  try {
    await session.query(`create database ${clusterDatabase}`);
  } catch (error) {
    // Another process was first: duplicate database, or its unique violation when both were at it.
    if (!["42P04", "23505"].includes(codeOf(error))) throw error;
  } finally {
    await session.end();
  }
}

type Attempt = Presence | "starting" | "leaving" | "absent";

/** One look: is the cluster's server there, and does it let this process in? */
async function tryEnter(site: Site): Promise<Attempt> {
  const address = await readAddress(site.cluster.data);
  if (address === undefined) return "absent";
  try {
    const session = await connect(address, site.cluster, clusterDatabase);
    const { rows } = await session.query<{ id: string; entered: boolean }>(
      `select system_identifier::text as id, pg_try_advisory_lock_shared(${presenceLock}) as entered from pg_control_system()`,
    );
    const [row] = rows;
    if (row?.entered && row.id === (await readSystemIdentifier(site.cluster.data))) return { session, address };
    await session.end();
    return row?.entered ? "absent" : "leaving";
  } catch (error) {
    if (codeOf(error) === "3D000") await makeDatabase(address, site.cluster);
    return ["57P03", "3D000", "53300"].includes(codeOf(error)) ? "starting" : "absent";
  }
}

/**
 * Joins those who use the cluster's server, and starts the server when nobody did.
 *
 * @throws StateUnavailable when it does not start in time; the message ends with the server's last words
 */
export async function enter(site: Site): Promise<Presence> {
  let begun = Date.now();
  const logged = await logSize(site.home);
  let child: Awaited<ReturnType<typeof startServer>> | undefined;
  let unspawned: Error | undefined;
  let last: Attempt = "absent";
  while (Date.now() - begun < (last === "starting" ? recoverWithinMs : site.startWithinMs)) {
    last = await tryEnter(site);
    if (typeof last === "object") return last;
    const hasEnded =
      child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    if (last === "absent" && hasEnded) {
      if (child !== undefined) await sleep(200);
      // What another server took to shut down is not this one's time to start.
      else begun = Date.now();
      child = await startServer(site.home, site.cluster, site.binaries);
      child.once("error", (error) => {
        unspawned = error;
      });
    }
    await sleep(25);
  }
  const why = (await readWhyNot(site.home, logged)).trim();
  throw new DriftwardError(
    "StateUnavailable",
    `expected PostgreSQL to start, got: ${why || unspawned?.message || "no word in its log"}`,
    {
      hint: `read ${site.home.folder}/server.log, or set DATABASE_URL to a PostgreSQL of your own`,
    },
  );
}

/** Leaves; the last to leave stops the server. True when it was stopped. */
export async function leave(site: Site, presence: Presence): Promise<boolean> {
  const { session } = presence;
  try {
    const { rows } = await session.query<{ alone: boolean }>(
      `select pg_advisory_unlock_shared(${presenceLock}), pg_try_advisory_lock(${presenceLock}) as alone`,
    );
    if (!rows[0]?.alone) return false;
    const { home, cluster, binaries } = site;
    const command = [binaries.pgCtl, "stop", "-D", cluster.data, "-m", "fast", "-t", "60"];
    const { exitCode, output } = await runProgram(command, { folder: cluster.data, user: home.user });
    if (exitCode === 0) return true;
    throw new DriftwardError("StateUnavailable", `expected PostgreSQL to stop, got: ${output.trim()}`);
  } finally {
    await session.end().catch(() => undefined);
  }
}
