import { sql } from "kysely";
import type { BatchReads, BatchWrites } from "../../ports/state-batches.ts";
import { chunk, encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const batchReads = (db: Database): BatchReads => ({
  parts(modelId, columnName, seenFrom) {
    const query = db
      .selectFrom("batchPart")
      .selectAll()
      .where((row) => row.and({ modelId, columnName }))
      .where("batch", "<>", "");
    const within = seenFrom === undefined ? query : query.where("seenAt", ">=", seenFrom);
    return within.orderBy("seenAt").orderBy("logFileId").orderBy("batch").execute();
  },
  unseen(modelId, columnName, limit) {
    const query = db
      .selectFrom("logFile")
      .leftJoin("ingest", "ingest.id", "logFile.ingestId")
      .selectAll("logFile")
      .select("ingest.at as arrivedAt")
      .where("logFile.modelId", "=", modelId)
      .where("logFile.kind", "=", "predictions")
      .where((row) =>
        row.not(
          row.exists(
            row
              .selectFrom("batchPart")
              .select(sql.lit(1).as("one"))
              .whereRef("batchPart.logFileId", "=", "logFile.id")
              .where("batchPart.columnName", "=", columnName),
          ),
        ),
      );
    const ordered = query.orderBy("logFile.seq");
    return (limit === undefined ? ordered : ordered.limit(limit)).execute() as ReturnType<BatchReads["unseen"]>;
  },
});

const rowsPerStatement = 1_000;

export const batchWrites = (db: Database): BatchWrites => ({
  async insert(rows) {
    for (const part of chunk(rows, rowsPerStatement))
      await db
        .insertInto("batchPart")
        .values(part.map(encodeRow))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  },
});
