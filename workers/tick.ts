import type { Logger } from "../src/ports/logger.ts";
import type { Task } from "../src/ports/queue.ts";
import { requestCheckpoint } from "../src/stages/checkpoint.ts";
import { requestTidy } from "../src/stages/run/tidy.ts";
import { type TickPorts, tick } from "../src/stages/tick.ts";
import type { TaskHandler } from "./handle.ts";

export interface Ticker {
  /** For the queue's wake-up: one tick at a time in this process; a wake-up during one is dropped. */
  readonly wake: () => Promise<void>;
  /** For tasks of kind tick. */
  readonly handler: TaskHandler;
}

const quietMs = 60_000;

/** Runs the tick on its two occasions; what goes wrong with a model is logged once a minute, not every second. */
export function createTicker(
  ports: TickPorts,
  logger: Logger,
  { daily = false }: { readonly daily?: boolean } = {},
): Ticker {
  const loggedAt = new Map<string, number>();
  let running = false;
  let askedFor = "";

  /** Asked once a day; the tasks' keys make them one for all processes. */
  const askForDaily = async () => {
    const now = ports.clock.now();
    const day = now.toISOString().slice(0, 10);
    if (!daily || day === askedFor) return;
    await requestCheckpoint(ports.state, now);
    await requestTidy(ports.state, now);
    askedFor = day;
  };

  const run = async (task?: Task): Promise<void> => {
    const result = await tick(ports, task);
    if (result.missed > 0) logger.warn({ missed: result.missed }, "slots were too many to catch up with");
    for (const { model, error } of result.failed) {
      if (Date.now() - (loggedAt.get(model) ?? 0) < quietMs) continue;
      loggedAt.set(model, Date.now());
      logger.error({ model, error }, "the checks of a model could not be planned");
    }
  };
  return {
    async wake() {
      if (running) return;
      running = true;
      try {
        await run();
        await askForDaily();
      } finally {
        running = false;
      }
    },
    handler: {
      async handle(task) {
        await run(task);
        return { done: true };
      },
      // The wake-up ticks anyway.
      giveUp: async (task) => {
        await ports.state.transaction((tx) => tx.outbox.done(task.id));
      },
    },
  };
}
