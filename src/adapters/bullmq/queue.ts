import { DriftwardError } from "../../core/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Queue, QueueName, Worker, WorkerOptions } from "../../ports/queue.ts";
import {
  type Carrier,
  type Consumer,
  type ConsumerOptions,
  type Producer,
  postgresCarrier,
  type QueueBackend,
  redisCarrier,
} from "./carrier.ts";
import { endWithin, inTime } from "./in-time.ts";
import { reportErrors } from "./report-errors.ts";
import { startWake } from "./wake.ts";
import { warnOfRedisSettings } from "./warn-of-redis-settings.ts";

export interface BullMqQueueOptions {
  readonly backend: QueueBackend;
  /** Keeps several installations on one server apart: letters, digits, `-` and `_`. */
  readonly prefix: string;
  readonly logger: Logger;
  /** Wall time that a server may take to accept a job or a worker. */
  readonly answerMs?: number;
  /** Lock and look-out times of the wake-up's worker, as in WorkerOptions. */
  readonly wake?: Omit<WorkerOptions, "concurrency">;
}

/** What carries jobs away at once when done: the outbox keeps the record. A job is tried once: the outbox retries. */
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/**
 * Carries tasks by BullMQ. Connections are opened at first use; errors that BullMQ emits are logged, never thrown.
 *
 * @throws InvalidConfig when the prefix has other characters than it may have
 */
export function createBullMqQueue(options: BullMqQueueOptions): Queue {
  const { backend, prefix, logger, answerMs = 10_000 } = options;
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(prefix))
    throw new DriftwardError("InvalidConfig", `expected a queue prefix of letters, digits, - and _, got "${prefix}"`);
  const report = reportErrors(logger);
  const carrier = "redis" in backend ? redisCarrier(backend, prefix) : postgresCarrier(backend);
  const workers = new Set<Worker>();
  const producers = createProducers(carrier, (queue) => `${prefix}-${queue}`, report);
  if ("redis" in backend) void warnOfRedisSettings(backend.redis.url, logger);

  const keep = (worker: Worker): Worker => {
    workers.add(worker);
    return {
      close: async () => {
        workers.delete(worker);
        await worker.close();
      },
    };
  };

  return {
    add: (queue, jobId, task) => producers.add(queue, jobId, task, answerMs),
    async work(queue, workerOptions, handle) {
      const name = `${prefix}-${queue}`;
      const consumer = carrier.newConsumer(name, handle, consumerOptions(workerOptions));
      return keep(await startConsumer(consumer, `worker of ${queue}`, report, answerMs));
    },
    async wakeEvery(everyMs, wake) {
      const name = `${prefix}-wake`;
      const lock = options.wake ?? { lockMs: 15_000, stalledEveryMs: 10_000 };
      const producer = carrier.newProducer(name);
      producer.on("error", report("wake-up"));
      const run = () => wake().catch((error: unknown) => logger.error({ error }, "a wake-up failed"));
      const consumer = carrier.newConsumer(name, run, consumerOptions({ concurrency: 1, ...lock }));
      const worker = await startConsumer(consumer, "worker of the wake-up", report, answerMs);
      return keep(await startWake({ producer, worker, everyMs, jobOptions, report: report("wake-up"), answerMs }));
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.close()));
      workers.clear();
      await producers.close();
      await carrier.close();
    },
  };
}

function consumerOptions(options: WorkerOptions): ConsumerOptions {
  return {
    concurrency: options.concurrency,
    lockDuration: options.lockMs,
    stalledInterval: options.stalledEveryMs,
    // A job that outlived so many crashes of its worker is dropped here and comes back through the outbox.
    maxStalledCount: 20,
    // BullMQ's 15 s is how long a worker would do nothing after its server came back.
    runRetryDelay: 1_000,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
}

async function startConsumer(
  consumer: Consumer,
  source: string,
  report: (source: string) => (error: Error) => void,
  answerMs: number,
): Promise<Worker> {
  consumer.on("error", report(source));
  try {
    await inTime(answerMs, "the queue's server", consumer.waitUntilReady());
  } catch (cause) {
    await endWithin(answerMs, consumer.close(true));
    throw unavailable(cause);
  }
  return { close: () => consumer.close() };
}

function unavailable(cause: unknown): DriftwardError {
  if (cause instanceof DriftwardError) return cause;
  const message = `expected the queue's server to answer, got: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new DriftwardError("StateUnavailable", message, { cause });
}

interface Producers {
  add(queue: QueueName, jobId: string, data: unknown, answerMs: number): Promise<void>;
  close(): Promise<void>;
}

function createProducers(
  carrier: Carrier,
  nameOf: (queue: QueueName) => string,
  report: (source: string) => (error: Error) => void,
): Producers {
  const made = new Map<QueueName, Producer>();
  const producerOf = (queue: QueueName): Producer => {
    const known = made.get(queue);
    if (known !== undefined) return known;
    const producer = carrier.newProducer(nameOf(queue));
    producer.on("error", report(`producer of ${queue}`));
    made.set(queue, producer);
    return producer;
  };
  return {
    async add(queue, jobId, data, answerMs) {
      const producer = producerOf(queue);
      try {
        await inTime(answerMs, "the queue's server", producer.add(queue, data, { ...jobOptions, jobId }));
      } catch (cause) {
        // BullMQ on PostgreSQL remembers a failed start for good: make another next time.
        if (made.get(queue) === producer) made.delete(queue);
        void endWithin(answerMs, producer.close());
        throw unavailable(cause);
      }
    },
    async close() {
      await Promise.all([...made.values()].map((producer) => endWithin(5_000, producer.close())));
      made.clear();
    },
  };
}
