/* A process that ingests a file in small chunks and says when each is committed, so that a test can kill it. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createParquetLog } from "../../../src/adapters/parquet-log/parquet-log.ts";
import { createRejectFiles } from "../../../src/adapters/parquet-log/reject-files.ts";
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import { rowReader } from "../../../src/adapters/readers/row-reader.ts";
import { ingest } from "../../../src/stages/ingest.ts";

const { connection, schema, folder, file } = JSON.parse(process.env.CHILD ?? "");
const state = await openPostgresState({ connection, schema, poolSize: 2 });
await ingest(
  {
    state: {
      ...state,
      transaction: async (work) => {
        const result = await state.transaction(work);
        process.stdout.write("committed\n");
        // Leaves the parent the time to kill in the middle of the next chunk.
        await new Promise((resolve) => setTimeout(resolve, 5));
        return result;
      },
    },
    log: createParquetLog(join(folder, "log")),
    rejects: createRejectFiles(join(folder, "rejects")),
    reader: rowReader,
    clock: { now: () => new Date("2026-06-15T12:00:00Z") },
    ids: { next: () => randomUUID() },
  },
  { model: "killed", kind: "predictions", actor: { kind: "system", id: "child" }, from: { file }, chunkRows: 100 },
);
await state.close();
