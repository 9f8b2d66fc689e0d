import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createParquetLog } from "../../src/adapters/parquet-log/parquet-log.ts";
import { createRejectFiles } from "../../src/adapters/parquet-log/reject-files.ts";
import { rowReader } from "../../src/adapters/readers/row-reader.ts";
import type { State } from "../../src/ports/state.ts";
import type { IngestPorts } from "../../src/stages/ingest.ts";

export const testActor = { kind: "person", id: "tester" } as const;
export const testNow = new Date("2026-06-15T12:00:00Z");

/** A folder with a prediction log, rejects and the test's own files. */
export interface TestLog {
  readonly folder: string;
  /** What ingest needs, over a state of the test's. */
  ports(state: State): IngestPorts;
  write(name: string, content: string | Uint8Array): string;
  /** All rows that a state's log holds of a model, in order of id; times as ISO 8601. */
  rows(state: State, model: string, kind?: "predictions" | "labels"): Promise<readonly Record<string, unknown>[]>;
  /** Names of all files under the log's folder, those that are not in the log too. */
  files(): readonly string[];
  close(): Promise<void>;
}

export async function openTestLog(): Promise<TestLog> {
  const folder = mkdtempSync(join(tmpdir(), "dw-test-log-"));
  const log = createParquetLog(join(folder, "log"));
  const rejects = createRejectFiles(join(folder, "rejects"));
  const instance = await DuckDBInstance.create(":memory:");
  return {
    folder,
    ports: (state) => ({
      state,
      log,
      rejects,
      reader: rowReader,
      clock: { now: () => testNow },
      ids: { next: () => randomUUID() },
    }),
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    async rows(state, model, kind = "predictions") {
      const row = await state.models.find(model);
      const files = row === undefined ? [] : await state.log.files(row.id, kind, {});
      if (files.length === 0) return [];
      const paths = files.map((file) => `'${log.locate(file)}'`).join(", ");
      return readAll(instance, `from read_parquet([${paths}], union_by_name = true) order by prediction_id`);
    },
    files: () => filesUnder(join(folder, "log")),
    async close() {
      await log.close();
      instance.closeSync();
      rmSync(folder, { recursive: true });
    },
  };
}

async function readAll(instance: DuckDBInstance, sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(sql);
    const names = result.columnNames();
    return result
      .getRowsJson()
      .map((row) => Object.fromEntries(row.map((value, index) => [names[index] ?? "", value])));
  } finally {
    connection.closeSync();
  }
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}
