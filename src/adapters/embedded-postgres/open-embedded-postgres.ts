import { setTimeout as sleep } from "node:timers/promises";
import { diskError } from "../../core/disk-errors.ts";
import type { Logger } from "../../ports/logger.ts";
import { installBinaries } from "./binaries.ts";
import { clusterDatabase, clusterUser, findCluster, requireNotLost } from "./cluster.ts";
import { sweepAbandoned } from "./durable-files.ts";
import { findHome } from "./home.ts";
import { enter, leave, type Presence, type Site, sessionOptions } from "./presence.ts";

/** How to reach the server, as `pg` takes it. */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: false;
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  /** The same for people and for psql; without the password where a private socket folder makes it needless. */
  readonly url: string;
  /** PostgreSQL's data folder. */
  readonly dataFolder: string;
  /** Leaves the server; the last process to leave stops it. Close every pool before. */
  release(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The project's data folder; made when it is not there. */
  readonly dataDirectory: string;
  readonly logger: Logger;
  /** Where the clusters are that nobody could not reach beside their data. */
  readonly sharedFolder?: string;
  /** How long a start that fails is tried again, in ms of wall time. */
  readonly startWithinMs?: number;
}

function formatUrl({ host, port, user, password, database }: EmbeddedConnection): string {
  return host.startsWith("/")
    ? `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`
    : `postgresql://${user}:${password}@${host}:${port}/${database}`;
}

/** Keeps a presence through crashes of the server: whoever notices first starts it again. */
function keepPresence(site: Site, first: Presence, logger: Logger): { release(): Promise<void> } {
  let current = first;
  let reentry: Promise<void> | undefined;
  let isReleased = false;
  const watch = (presence: Presence) => {
    presence.session.unref();
    presence.session.once("end", () => {
      if (!isReleased && presence === current) reentry ??= reenter().finally(() => (reentry = undefined));
    });
  };
  const reenter = async () => {
    logger.warn({ dataFolder: site.cluster.data }, "PostgreSQL went away; starting it again");
    while (!isReleased) {
      try {
        current = await enter(site);
        return watch(current);
      } catch (error) {
        logger.error({ error: String(error) }, "PostgreSQL does not start");
        await sleep(5_000, undefined, { ref: false });
      }
    }
  };
  watch(first);
  return {
    async release() {
      if (isReleased) return;
      isReleased = true;
      await reentry;
      current.session.ref();
      const isStopped = await leave(site, current).catch((error: unknown) =>
        logger.warn({ error: String(error) }, "PostgreSQL was left running"),
      );
      logger.debug({ isStopped }, "left PostgreSQL");
    },
  };
}

/**
 * Opens the PostgreSQL that Driftward brings along, for a data folder: makes the cluster the first time, starts the
 * server unless it runs, and joins those who use it. Several processes may. The server outlives a crash of its users.
 *
 * @throws StateUnavailable when the folder is another user's, its cluster is gone or of another version, or the server
 *         does not start in time
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return openCluster(options).catch((error: unknown) => Promise.reject(diskError(error, () => true) ?? error));
}

async function openCluster(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = await findHome(options.dataDirectory, options.sharedFolder ?? "/var/lib/driftward");
  await requireNotLost(home);
  await sweepAbandoned(home.folder);
  const binaries = await installBinaries(home.folder);
  const cluster = await findCluster(home, binaries);
  const site: Site = { home, cluster, binaries, startWithinMs: options.startWithinMs ?? 15_000 };
  const presence = await enter(site);
  const { host, port } = sessionOptions(presence.address, cluster, clusterDatabase);
  const connection: EmbeddedConnection = {
    host: String(host),
    port: Number(port),
    user: clusterUser,
    password: cluster.password,
    database: clusterDatabase,
    ssl: false,
  };
  options.logger.debug({ host, port, dataFolder: cluster.data }, "PostgreSQL is up");
  return {
    connection,
    url: formatUrl(connection),
    dataFolder: cluster.data,
    ...keepPresence(site, presence, options.logger),
  };
}
