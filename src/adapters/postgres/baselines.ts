import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const baselineReads = (db: Database): StateReads["baselines"] => ({
  async get(id) {
    const query = db.selectFrom("baseline").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "baseline", id);
  },
  ofVersion: (versionId) =>
    db
      .selectFrom("baseline")
      .selectAll()
      .where("versionId", "=", versionId)
      .orderBy("createdAt", "desc")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst(),
});

export const baselineWrites = (db: Database): StateWrites["baselines"] => ({
  async insert(row) {
    await db.insertInto("baseline").values(encodeRow(row)).execute();
  },
});
