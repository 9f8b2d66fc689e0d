import { DriftwardError } from "../../core/errors.ts";

/**
 * The promise's value, or StateUnavailable when it takes longer than `limitMs` of wall time.
 *
 * @param what  what was waited for, as in "expected an answer from … within 5 s"
 */
export async function inTime<Value>(limitMs: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `expected an answer from ${what} within ${limitMs / 1_000} s, got none`;
      reject(
        new DriftwardError("StateUnavailable", message, {
          hint: "see that Redis (REDIS_URL), or else PostgreSQL, runs and can be reached",
        }),
      );
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for the end of something that no longer matters: neither its failure nor its slowness does. */
export async function endWithin(limitMs: number, promise: Promise<unknown>): Promise<void> {
  await inTime(limitMs, "a closing connection", promise).catch(() => undefined);
}
