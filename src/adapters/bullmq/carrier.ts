import { createPostgresBackend, createRedisBackend, withBackend } from "bullmq";
import { Redis } from "ioredis";
import { endWithin } from "./in-time.ts";

/** How to reach PostgreSQL: a URL, or its parts; `host` may be the folder of a unix socket. */
export interface PostgresAddress {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** Where BullMQ keeps its jobs: a schema of a PostgreSQL database, or a Redis server by URL. */
export type QueueBackend =
  | { readonly postgres: { readonly connection: string | PostgresAddress; readonly schema?: string } }
  | { readonly redis: { readonly url: string } };

/** What is used of BullMQ's Queue, whatever its backend. */
export interface Producer {
  add(name: string, data: unknown, options: object): Promise<unknown>;
  upsertJobScheduler(id: string, repeat: { every: number }, template: object): Promise<unknown>;
  getJobScheduler(id: string): Promise<{ readonly next?: number | null } | undefined>;
  on(event: "error", listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** What is used of BullMQ's Worker. */
export interface Consumer {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "stalled", listener: (jobId: string) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
}

export interface ConsumerOptions {
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
  readonly runRetryDelay: number;
  readonly removeOnComplete: { readonly count: number };
  readonly removeOnFail: { readonly count: number };
}

/** Makes BullMQ's classes for one backend; connections are opened by what it makes, not by it. */
export interface Carrier {
  newProducer(name: string): Producer;
  newConsumer(name: string, process: (data: unknown) => Promise<void>, options: ConsumerOptions): Consumer;
  /** Closes what the producers share; after the producers and consumers themselves. */
  close(): Promise<void>;
}

/** BullMQ's events are for dashboards that Driftward does not use: keep few. */
const streams = { events: { maxLen: 100 } };

/** Each worker holds one more connection than its pool, for LISTEN; 5 workers and 5 producers stay under 25. */
const poolSize = { producer: 1, consumer: 3 };

export function postgresCarrier(backend: Extract<QueueBackend, { postgres: unknown }>): Carrier {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const { connection } = backend.postgres;
  const address = typeof connection === "string" ? { connectionString: connection } : connection;
  const connect = (max: number) => ({
    ...address,
    application_name: "driftward queue",
    schema: backend.postgres.schema ?? "bullmq",
    migrate: true,
    max,
  });
  return {
    newProducer: (name) => new Queue(name, { connection: connect(poolSize.producer), streams }),
    newConsumer: (name, process, options) =>
      new Worker(name, (job) => process(job.data), { ...options, connection: connect(poolSize.consumer) }),
    close: () => Promise.resolve(),
  };
}

export function redisCarrier(backend: Extract<QueueBackend, { redis: unknown }>, prefix: string): Carrier {
  const { Queue, Worker } = withBackend(createRedisBackend);
  // A producer must fail soon when Redis is away, since the relay tries again; a worker must wait for it instead.
  let shared: Redis | undefined;
  const connect = () => {
    shared ??= new Redis(backend.redis.url, { maxRetriesPerRequest: 1, retryStrategy: reconnectAfterMs });
    // The producers report what they meet; an error after they closed is nobody's.
    shared.on("error", () => undefined);
    return shared;
  };
  return {
    newProducer: (name) => new Queue(name, { connection: connect(), prefix, streams }),
    newConsumer: (name, process, options) => {
      let closing = false;
      // A worker that is closed while Redis is away would go on calling for it.
      const retryStrategy = (times: number) => (closing ? null : reconnectAfterMs(times));
      const connection = { url: backend.redis.url, maxRetriesPerRequest: null, retryStrategy };
      const consumer = new Worker(name, (job) => process(job.data), { ...options, prefix, connection });
      consumer.on("closing", () => {
        closing = true;
      });
      return consumer;
    },
    close: async () => {
      if (shared === undefined) return;
      if (shared.status === "ready") await endWithin(1_000, shared.quit());
      shared.disconnect();
    },
  };
}

function reconnectAfterMs(times: number): number {
  return Math.min(100 * 2 ** times, 2_000);
}
