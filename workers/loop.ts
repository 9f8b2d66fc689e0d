import type { Worker } from "../src/ports/queue.ts";

/**
 * Runs something again and again, `everyMs` of wall time after its end, until it is closed: then it is asked to stop, and
 * waited for.
 *
 * @param run  never throws
 */
export function startLoop(everyMs: number, run: (signal: AbortSignal) => Promise<void>): Worker {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();
  const later = () => {
    timer = setTimeout(() => {
      work = run(stop.signal).then(() => {
        if (!stop.signal.aborted) later();
      });
    }, everyMs);
  };
  later();
  return {
    async close() {
      stop.abort();
      clearTimeout(timer);
      await work;
    },
  };
}
