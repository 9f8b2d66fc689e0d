import type { QueueName, TaskKind, WorkerOptions } from "../src/ports/queue.ts";

/** How a failing task is tried again: after firstMs, twice that, and so on up to maxMs; given up after maxFailures. */
export interface Retry {
  readonly maxFailures: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface TaskRoute {
  readonly queue: QueueName;
  /** Which file of src/stages does it. */
  readonly stage: string;
  readonly retry: Retry;
}

const minute = 60_000;

/** WHEN each stage runs: a task of this kind goes to this queue, and fails so often before it is given up. */
export const taskRoutes: Readonly<Record<TaskKind, TaskRoute>> = {
  tick: { queue: "data", stage: "tick", retry: { maxFailures: 5, firstMs: 1_000, maxMs: minute } },
  count: { queue: "data", stage: "count", retry: { maxFailures: 8, firstMs: 2_000, maxMs: 5 * minute } },
  gather: { queue: "data", stage: "gather", retry: { maxFailures: 8, firstMs: 2_000, maxMs: 5 * minute } },
  check: { queue: "checks", stage: "check", retry: { maxFailures: 5, firstMs: 2_000, maxMs: 2 * minute } },
  decide: { queue: "checks", stage: "decide", retry: { maxFailures: 8, firstMs: 1_000, maxMs: 5 * minute } },
  escalate: { queue: "notices", stage: "decide", retry: { maxFailures: 8, firstMs: 1_000, maxMs: 5 * minute } },
  // What was gathered is not given up: it is tried for about a week.
  digest: { queue: "notices", stage: "digest", retry: { maxFailures: 250, firstMs: 1_000, maxMs: 40 * minute } },
  run: { queue: "runs", stage: "run", retry: { maxFailures: 6, firstMs: 2_000, maxMs: 5 * minute } },
  watch: { queue: "runs", stage: "run", retry: { maxFailures: 8, firstMs: 2_000, maxMs: 5 * minute } },
  // A mail server may be away for a night: about 20 hours in all.
  tidy: { queue: "data", stage: "run", retry: { maxFailures: 5, firstMs: minute, maxMs: 5 * minute } },
  checkpoint: { queue: "notices", stage: "checkpoint", retry: { maxFailures: 40, firstMs: 5_000, maxMs: 40 * minute } },
  notify: { queue: "notices", stage: "notify", retry: { maxFailures: 40, firstMs: 5_000, maxMs: 40 * minute } },
};

const lock = { lockMs: 15_000, stalledEveryMs: 10_000 };

/** The four queues; concurrency is of one worker process. */
export const queueOptions: Readonly<Record<QueueName, WorkerOptions>> = {
  // The counting engine does one thing at a time; two tasks at once would count the same files.
  data: { concurrency: 1, ...lock },
  checks: { concurrency: 2, ...lock },
  runs: { concurrency: 4, ...lock },
  notices: { concurrency: 4, ...lock },
};

export const queueNames = Object.keys(queueOptions) as readonly QueueName[];

/** Wall time to wait after so many failures (at least 1). */
export function backoffMs(failures: number, retry: Retry): number {
  return Math.min(retry.firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30), retry.maxMs);
}
