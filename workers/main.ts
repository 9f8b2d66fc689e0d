import type { Logger } from "../src/ports/logger.ts";
import type { Queue, QueueName, Worker, WorkerOptions } from "../src/ports/queue.ts";
import type { TickPorts } from "../src/stages/tick.ts";
import { createTaskRunner, type TaskHandlers } from "./handle.ts";
import { queueNames, queueOptions } from "./queues.ts";
import { defaultLeaseMs, type RelayOptions, startRelay } from "./relay.ts";
import { createTicker } from "./tick.ts";

export interface WorkersParts extends TickPorts {
  readonly queue: Queue;
  /** By kind; `tick` is built in. */
  readonly handlers: TaskHandlers;
  readonly logger: Logger;
  readonly options?: WorkersOptions;
}

export interface WorkersOptions extends RelayOptions {
  /** How often to look whether slots are due. */
  readonly tickEveryMs?: number;
  /** Whether the day's work is asked for: a checkpoint of the audit trail, and the tidying of old runs. */
  readonly daily?: boolean;
  /** Where a queue's concurrency or lock times differ from workers/queues.ts. */
  readonly queues?: Partial<Record<QueueName, Partial<WorkerOptions>>>;
  /** How long drain waits for work in hand before it leaves it to its leases. */
  readonly drainMs?: number;
}

export interface Workers {
  /** For SIGTERM: sends and takes nothing more, waits for work in hand, and returns. Tasks left over stay open. */
  readonly drain: () => Promise<void>;
}

/**
 * Starts the relay, a worker for each of the four queues, and the wake-up of the tick. The caller closes queue and
 * state after drain.
 *
 * @throws StateUnavailable when the queue's server does not answer; what had started is closed again
 */
export async function startWorkers(parts: WorkersParts): Promise<Workers> {
  const { state, queue, clock, logger, options = {} } = parts;
  const ticker = createTicker(parts, logger, { daily: options.daily === true });
  const runTask = createTaskRunner({
    state,
    logger,
    handlers: { tick: ticker.handler, ...parts.handlers },
    leaseMs: options.leaseMs ?? defaultLeaseMs,
  });
  const started: Worker[] = [];
  try {
    for (const name of queueNames) {
      const workerOptions = { ...queueOptions[name], ...options.queues?.[name] };
      started.push(await queue.work(name, workerOptions, runTask));
    }
    started.push(await queue.wakeEvery(options.tickEveryMs ?? 1_000, ticker.wake));
  } catch (error) {
    await Promise.all(started.map((worker) => worker.close()));
    throw error;
  }
  const relay = startRelay({ state, queue, clock, logger, options });
  logger.info({ queues: queueNames }, "workers started");

  let draining: Promise<void> | undefined;
  return {
    drain: () => {
      draining ??= drain([relay, ...started], logger, options.drainMs ?? 30_000);
      return draining;
    },
  };
}

async function drain(parts: readonly { close(): Promise<void> }[], logger: Logger, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), limitMs);
  });
  const ended = Promise.allSettled(parts.map((part) => part.close()));
  if ((await Promise.race([ended, late])) === "late")
    logger.warn({ limitMs }, "work in hand did not end in time; it is left to its leases");
  else logger.info({}, "workers drained");
  clearTimeout(timer);
}
