import type { TaskKind } from "./queue.ts";

/** A task to be done; `key` makes it one task however often it is asked for. */
export interface NewTask {
  readonly key: string;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly epoch?: number;
  /** Business time before which it is not started; at once when absent. */
  readonly notBefore?: Date;
}

export interface OpenTask {
  readonly id: string;
  readonly key: string;
  readonly kind: TaskKind;
  readonly subject: string;
  readonly epoch: number;
  readonly sends: number;
  readonly failures: number;
  readonly lastError: string | undefined;
}

/** The relay's side of the outbox: sending is leased in wall time. */
export interface OutboxRelay {
  /**
   * Takes up to `limit` tasks that are open, due in business time and not leased, leases them for `leaseMs`, and
   * returns them (`for update skip locked`, so two relays never take the same one).
   */
  take(now: Date, leaseMs: number, limit: number): Promise<readonly OpenTask[]>;
  /**
   * Keeps a task open and lets it be sent again after so many ms of wall time; with an error it counts as a failure.
   * Returns the failures so far, or undefined (and changes nothing) when the task is closed.
   */
  again(taskId: string, afterMs: number, error?: string): Promise<{ readonly failures: number } | undefined>;
  /** Calls back when tasks may be waiting (LISTEN); lossy, so poll as well. */
  listen(wake: () => void): Promise<{ close(): Promise<void> }>;
}
