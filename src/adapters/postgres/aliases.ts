import type { StateReads, StateWrites } from "../../ports/state.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const aliasReads = (db: Database): StateReads["aliases"] => ({
  history: (modelId, alias) =>
    db
      .selectFrom("aliasChange")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("alias", "=", alias)
      .orderBy("seq")
      .execute(),
  at: (modelId, alias, at) =>
    db
      .selectFrom("aliasChange")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("alias", "=", alias)
      .where("at", "<=", at)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst(),
});

export const aliasWrites = (db: Database): StateWrites["aliases"] => ({
  async insert(row) {
    await db.insertInto("aliasChange").values(encodeRow(row)).execute();
  },
});
