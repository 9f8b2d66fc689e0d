import { pino } from "pino";
import type { Logger } from "../ports/logger.ts";

export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** Appended to, made (for the owner alone) with its folders when absent; otherwise lines go to stderr. */
  readonly file?: string;
}

/** Names of fields whose values are never written, at the top and one or two levels down. */
const secretFields = [
  "password",
  "secret",
  "token",
  "apiKey",
  "authorization",
  "cookie",
  "credentials",
  "connectionString",
];

/**
 * JSON lines by pino, written before the call returns, so that the last line before a crash is there.
 *
 * Secret fields become `[redacted]`, and so do name and password in any URL, also within messages and stacks.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination =
    options.file === undefined
      ? pino.destination({ dest: 2, sync: true })
      : pino.destination({ dest: options.file, sync: true, mkdir: true, mode: 0o600 });
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      redact: {
        paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[redacted]",
      },
      hooks: { streamWrite: hideUrlCredentials },
    },
    destination,
  );
}

/** `redis://user:pass@host` as `redis://[redacted]@host`; the line is JSON, so quotes end a value. */
function hideUrlCredentials(line: string): string {
  return line.includes("://") ? line.replace(/:\/\/[^/\s"]+@/g, "://[redacted]@") : line;
}
