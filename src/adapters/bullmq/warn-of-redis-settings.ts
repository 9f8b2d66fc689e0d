import type { Logger } from "../../ports/logger.ts";
import { readRedisSettings } from "./redis-settings.ts";

/** Logs what is wrong with a Redis server's settings; one that does not answer is for the queue itself to report. */
export async function warnOfRedisSettings(url: string, logger: Logger): Promise<void> {
  try {
    const { warnings } = await readRedisSettings(url);
    for (const { setting, advice } of warnings) logger.warn({ setting }, `Redis: ${advice}`);
  } catch (error) {
    logger.debug({ error }, "the settings of Redis could not be read");
  }
}
