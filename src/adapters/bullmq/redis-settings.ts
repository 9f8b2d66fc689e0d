import { Redis } from "ioredis";
import { DriftwardError } from "../../core/errors.ts";

/** What matters of a Redis server to those who keep jobs in it. */
export interface RedisSettings {
  readonly version: string;
  /** What is wrong with its settings, each with the mend; empty when all is well. */
  readonly warnings: readonly { readonly setting: string; readonly advice: string }[];
}

/**
 * Asks a Redis server for the settings that decide whether it may forget jobs it accepted: without an append-only file
 * at a crash, and with an eviction policy when memory is short. The outbox sends them again: they are late, not lost.
 *
 * @throws StateUnavailable when it does not answer
 */
export async function readRedisSettings(url: string): Promise<RedisSettings> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true, retryStrategy: () => null });
  let reason = "no answer";
  redis.on("error", (error: Error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const policy = fieldOf(info, "maxmemory_policy") ?? "noeviction";
    return {
      version: fieldOf(info, "redis_version") ?? "unknown",
      warnings: [
        ...(fieldOf(info, "aof_enabled") === "0"
          ? [{ setting: "appendonly no", advice: "it forgets accepted jobs when it crashes: set appendonly yes" }]
          : []),
        ...(policy === "noeviction"
          ? []
          : [{ setting: `maxmemory-policy ${policy}`, advice: "it may evict jobs: set maxmemory-policy noeviction" }]),
      ],
    };
  } catch (cause) {
    throw new DriftwardError("StateUnavailable", `Redis does not answer: ${reason}`, { cause });
  } finally {
    redis.disconnect();
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
