import type { Logger } from "../../ports/logger.ts";

const quietMs = 10_000;

/**
 * Listens to the errors that BullMQ emits: unheard, one would end the process. A server that is away makes several a
 * second, so the same message is written once in ten seconds.
 */
export function reportErrors(logger: Logger): (source: string) => (error: Error) => void {
  const lastAt = new Map<string, number>();
  return (source) => (error) => {
    const key = `${source} ${error.message}`;
    const now = Date.now();
    if (now - (lastAt.get(key) ?? 0) < quietMs) return;
    if (lastAt.size > 1_000) lastAt.clear();
    lastAt.set(key, now);
    logger.warn({ source, error }, "the queue reports an error");
  };
}
