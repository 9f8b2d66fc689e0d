import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const versionReads = (db: Database): StateReads["versions"] => ({
  list: (modelId) =>
    db.selectFrom("version").selectAll().where("modelId", "=", modelId).orderBy("createdAt").orderBy("name").execute(),
  find: (modelId, name) =>
    db.selectFrom("version").selectAll().where("modelId", "=", modelId).where("name", "=", name).executeTakeFirst(),
  async get(id) {
    const query = db.selectFrom("version").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "version", id);
  },
});

export const versionWrites = (db: Database): StateWrites["versions"] => ({
  async insert(row) {
    const query = db.insertInto("version").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
});
