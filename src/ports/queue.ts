/** What a task is about; the kinds are the stages. */
export type TaskKind = "tick" | "count" | "check" | "decide" | "run" | "notify";

/** A task as a queue carries it: ids only. */
export interface Task {
  readonly id: string;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly epoch: number;
}

/** The four queues of `workers/queues.ts`. */
export type QueueName = "data" | "checks" | "runs" | "notices";

/** How a handler left its task. `again` keeps the row open and asks to be called after so many ms of wall time. */
export type TaskResult = { readonly done: true } | { readonly again: number };

export interface Worker {
  /** Takes no new job and waits for those in hand. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly concurrency: number;
  readonly lockMs: number;
  readonly stalledEveryMs: number;
}

/** A carrier of jobs between processes: at least once, in no order, and allowed to lose: the outbox heals it. */
export interface Queue {
  add(queue: QueueName, jobId: string, task: Task): Promise<void>;
  /** Wakes `wake` about every so many ms on one of the processes that ask; a wake-up only, never a schedule. */
  wakeEvery(everyMs: number, wake: () => Promise<void>): Promise<Worker>;
  work(queue: QueueName, options: WorkerOptions, handle: (task: Task) => Promise<void>): Promise<Worker>;
  close(): Promise<void>;
}
