import type { Clock } from "../src/ports/clock.ts";
import type { Logger } from "../src/ports/logger.ts";
import type { Queue } from "../src/ports/queue.ts";
import type { OpenTask, State } from "../src/ports/state.ts";
import { backoffMs, taskRoutes } from "./queues.ts";

export interface RelayParts {
  readonly state: Pick<State, "relay">;
  readonly queue: Pick<Queue, "add">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options?: RelayOptions;
}

export interface RelayOptions {
  /** Wall time after which a task that was sent and not done is sent again. */
  readonly leaseMs?: number;
  readonly pollMs?: number;
  /** Tasks taken at once. */
  readonly limit?: number;
}

export interface Relay {
  /** Takes no more, and waits for the batch in hand. */
  close(): Promise<void>;
}

const errorBackoff = { maxFailures: Number.POSITIVE_INFINITY, firstMs: 250, maxMs: 10_000 };

export const defaultLeaseMs = 60_000;

/**
 * Carries open tasks from the outbox to the queue until closed: when told of new ones, and every pollMs. Any number of
 * relays may run. A kill between take and add costs the lease, no task.
 */
export function startRelay(parts: RelayParts): Relay {
  const { leaseMs = defaultLeaseMs, pollMs = 1_000, limit = 100 } = parts.options ?? {};
  const nap = createNap();
  const pause = createNap();
  let closed = false;
  let failures = 0;

  const round = async (): Promise<void> => {
    const tasks = await parts.state.relay.take(parts.clock.now(), leaseMs, limit);
    await send(parts, tasks);
    failures = 0;
    if (tasks.length < limit && !closed) await nap.sleep(pollMs);
  };
  const loop = async (): Promise<void> => {
    let listener = await listen(parts, nap.wake);
    while (!closed) {
      try {
        listener ??= await listen(parts, nap.wake);
        await round();
      } catch (error) {
        failures += 1;
        parts.logger.warn({ error, failures }, "the relay failed and goes on");
        if (!closed) await pause.sleep(backoffMs(failures, errorBackoff));
      }
    }
    await listener?.close().catch(() => undefined);
  };
  const running = loop();
  return {
    close: () => {
      closed = true;
      nap.wake();
      pause.wake();
      return running;
    },
  };
}

async function listen(parts: RelayParts, wake: () => void): Promise<{ close(): Promise<void> } | undefined> {
  try {
    return await parts.state.relay.listen(wake);
  } catch (error) {
    parts.logger.debug({ error }, "the relay is not told of new tasks and polls");
    return undefined;
  }
}

/** Adds each; those that the queue did not take are free for the next round, not only when their lease runs out. */
async function send(parts: RelayParts, tasks: readonly OpenTask[]): Promise<void> {
  const results = await Promise.allSettled(tasks.map((task) => add(parts, task)));
  const refused = tasks.filter((_, index) => results[index]?.status === "rejected");
  if (refused.length === 0) return;
  await Promise.all(refused.map((task) => parts.state.relay.again(task.id, 0)));
  const first = results.find((result) => result.status === "rejected");
  throw first?.reason;
}

async function add(parts: RelayParts, open: OpenTask): Promise<void> {
  const { id, kind, subject, epoch, sends } = open;
  if (!Object.hasOwn(taskRoutes, kind)) {
    parts.logger.warn({ id, kind }, "a task of a kind that this version does not know is left to another");
    return;
  }
  await parts.queue.add(taskRoutes[kind].queue, `ob-${id}-${sends}`, { id, kind, subject, epoch });
}

/** A sleep that can be cut short; a wake that comes while nobody sleeps cuts the next one. */
function createNap(): { readonly sleep: (ms: number) => Promise<void>; readonly wake: () => void } {
  let woken = false;
  let end: (() => void) | undefined;
  return {
    async sleep(ms) {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      woken = false;
      end = undefined;
    },
    wake() {
      woken = true;
      end?.();
    },
  };
}
