/** What a task is about; the kinds are the stages. */
export type TaskKind =
  | "tick"
  | "count"
  | "gather"
  | "check"
  | "decide"
  | "escalate"
  | "run"
  | "watch"
  | "notify"
  | "checkpoint"
  | "tidy"
  | "digest";

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
  /** Takes no new job and waits for those in hand; without limit, so callers set one. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly concurrency: number;
  /** Wall time after which a job whose process no longer answers is given to another; renewed while it runs. */
  readonly lockMs: number;
  /** How often to look for such jobs. */
  readonly stalledEveryMs: number;
}

/** A carrier of jobs between processes: at least once, in no order, and allowed to lose: the outbox heals it. */
export interface Queue {
  /**
   * Hands a task over. An id that the queue still holds is dropped without a word.
   *
   * @throws StateUnavailable when the queue did not take it in time; it may have taken it all the same
   */
  add(queue: QueueName, jobId: string, task: Task): Promise<void>;
  /** Wakes `wake` about every so many ms on one of the processes that ask; a wake-up only, never a schedule. */
  wakeEvery(everyMs: number, wake: () => Promise<void>): Promise<Worker>;
  /** `handle` gets what was carried, unchecked, and is never expected to throw. */
  work(queue: QueueName, options: WorkerOptions, handle: (data: unknown) => Promise<void>): Promise<Worker>;
  /** Closes every worker, then the connections. */
  close(): Promise<void>;
}
