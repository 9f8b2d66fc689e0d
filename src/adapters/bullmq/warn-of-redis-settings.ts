import { Redis } from "ioredis";
import type { Logger } from "../../ports/logger.ts";

/**
 * Warns when the Redis server may forget jobs that it accepted: without an append-only file at a crash, and with an
 * eviction policy when memory is short. The outbox sends them again, after a while; they are late, not lost.
 */
export async function warnOfRedisSettings(url: string, logger: Logger): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    const [persistence, memory] = await Promise.all([redis.info("persistence"), redis.info("memory")]);
    if (fieldOf(persistence, "aof_enabled") === "0")
      logger.warn({ setting: "appendonly no" }, "Redis forgets accepted jobs when it crashes: set appendonly yes");
    const policy = fieldOf(memory, "maxmemory_policy");
    if (policy !== undefined && policy !== "noeviction")
      logger.warn({ setting: `maxmemory-policy ${policy}` }, "Redis may evict jobs: set maxmemory-policy noeviction");
  } catch (error) {
    logger.debug({ error }, "the settings of Redis could not be read");
  } finally {
    redis.disconnect();
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
