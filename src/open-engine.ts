import { join } from "node:path";
import { createDuckDbEngine } from "./adapters/duckdb/engine.ts";
import { createLogger } from "./adapters/logger.ts";
import { type Config, dataPaths } from "./config.ts";
import type { CountEngine } from "./ports/count-engine.ts";
import type { Logger } from "./ports/logger.ts";

/* Apart from compose.ts, which loads every adapter: a comparison of files needs these two. */

function logOptions({ log: { level, file } }: Config): Parameters<typeof createLogger>[0] {
  return { level, ...(file === undefined ? {} : { file }) };
}

/** The log of a configuration, for programs that open nothing else. */
export function openLogger(config: Config): Logger {
  return createLogger(logOptions(config));
}

/** The counting engine for files in these folders; it can reach nothing else. */
export function openEngine(config: Config, folders: readonly string[], logger: Logger): CountEngine {
  const { memoryLimit, threads, timeoutMs } = config.engine;
  const tempDirectory = join(dataPaths(config.dataDirectory).temporary, "duckdb");
  return createDuckDbEngine({
    allowedDirectories: folders,
    tempDirectory,
    memoryLimit,
    threads,
    requestTimeoutMs: timeoutMs,
    logger,
  });
}
