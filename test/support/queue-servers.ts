import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { QueueBackend } from "../../src/adapters/bullmq/carrier.ts";
import { openEmbeddedPostgres } from "../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import { recordingLogger } from "./recording-logger.ts";
import { startRedis } from "./redis-server.ts";

/** A server that carries queues, for a test to hurt. */
export interface QueueServer {
  readonly backend: QueueBackend;
  /** Breaks every connection that it has. */
  disturb(): Promise<void>;
  /** Forgets every job and schedule. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisQueueServer(): Promise<QueueServer> {
  const redis = await startRedis();
  return {
    backend: { redis: { url: redis.url } },
    disturb: () => redis.restart(),
    empty: async () => {
      await redis.client.flushall();
    },
    stop: () => redis.stop(),
  };
}

export interface TestPostgres {
  readonly connection: { host: string; port: number; user: string; password: string; database: string };
  stop(): Promise<void>;
}

/** An embedded PostgreSQL in a folder of its own. */
async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "dw-pg-"));
  chmodSync(folder, 0o755);
  const server = await openEmbeddedPostgres({ dataDirectory: folder, logger: recordingLogger() });
  const { host, port, user, password, database } = server.connection;
  return {
    connection: { host, port, user, password, database },
    async stop() {
      await server.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ours = "pid <> pg_backend_pid() and backend_type = 'client backend' and query not like '%advisory%'";

export async function startPostgresQueueServer(): Promise<QueueServer> {
  const postgres = await startPostgres();
  const own = new pg.Client(postgres.connection);
  own.on("error", () => undefined);
  await own.connect();
  return {
    backend: { postgres: { connection: postgres.connection, schema: "bullmq" } },
    disturb: async () => {
      await own.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`);
    },
    empty: async () => {
      await own.query("truncate bullmq.job, bullmq.scheduler, bullmq.meta cascade");
    },
    async stop() {
      await own.end();
      await postgres.stop();
    },
  };
}
