import { join } from "node:path";

/** Where the things that Driftward keeps are, under the data directory. */
export function dataPaths(dataDirectory: string) {
  return {
    log: join(dataDirectory, "log"),
    rejects: join(dataDirectory, "rejects"),
    baselines: join(dataDirectory, "baselines"),
    runs: join(dataDirectory, "runs"),
    sources: join(dataDirectory, "sources"),
    attempts: join(dataDirectory, "attempts"),
    outbox: join(dataDirectory, "outbox"),
    policies: join(dataDirectory, "policies"),
    /** The time, where it is simulated. */
    clock: join(dataDirectory, "clock"),
    temporary: join(dataDirectory, "tmp"),
  } as const;
}
