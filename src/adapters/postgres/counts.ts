import { sql } from "kysely";
import type { StateReads, StateWrites } from "../../ports/state.ts";
import { chunk, encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

const rowsPerStatement = 500;

const isOneOf = (ids: readonly string[]) => sql<boolean>`log_file_id = any(${[...ids]}::uuid[])`;

export const countReads = (db: Database): StateReads["counts"] => ({
  async countedFiles(baselineId, logFileIds, column = "") {
    const query = db.selectFrom("count").select("logFileId").distinct().where("baselineId", "=", baselineId);
    const rows = await query.where(isOneOf(logFileIds)).where("segment", "=", column).execute();
    return new Set(rows.map(({ logFileId }) => logFileId));
  },
  read: (baselineId, logFileIds, { from, to, segment }) =>
    db
      .selectFrom("count")
      .distinctOn(["hour", "logFileId"])
      .selectAll()
      .where("baselineId", "=", baselineId)
      .where(isOneOf(logFileIds))
      .where("hour", ">=", from)
      .where("hour", "<", to)
      .where("segment", "=", segment)
      .orderBy("hour")
      .orderBy("logFileId")
      // "all" comes before "few".
      .orderBy("edges")
      .execute(),
  async segments(baselineId, logFileIds) {
    const query = db.selectFrom("count").select("segment").distinct().where("baselineId", "=", baselineId);
    const rows = await query.where(isOneOf(logFileIds)).orderBy("segment").execute();
    return rows.map(({ segment }) => segment);
  },
});

export const countWrites = (db: Database): StateWrites["counts"] => ({
  /** Counts of one file with one baseline come out the same whoever counts: the first to write wins. */
  async insert(rows) {
    for (const part of chunk(rows, rowsPerStatement))
      await db
        .insertInto("count")
        .values(part.map(encodeRow))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  },
});
