import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createDuckDbEngine, type DuckDbEngineOptions } from "../../../src/adapters/duckdb/engine.ts";
import type { CountEngine } from "../../../src/ports/count-engine.ts";

/** An engine over a folder of its own, and a DuckDB without locks that writes files into it. */
export interface TemporaryEngine {
  readonly engine: CountEngine;
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Runs a statement; $DIR in it is the folder. */
  readonly sql: (statement: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openTemporaryEngine(options: Partial<DuckDbEngineOptions> = {}): Promise<TemporaryEngine> {
  const folder = await mkdtemp(join(tmpdir(), "duckdb-engine-"));
  const engine = createDuckDbEngine({
    allowedDirectories: [folder],
    tempDirectory: join(folder, "temporary"),
    ...options,
  });
  const writer = await (await DuckDBInstance.create(":memory:")).connect();
  await writer.run("SET threads = 1");
  return {
    engine,
    folder,
    path: (name) => join(folder, name),
    async sql(statement) {
      await writer.run(statement.replaceAll("$DIR", folder));
    },
    async close() {
      await engine.close();
      writer.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
