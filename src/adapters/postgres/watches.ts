import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged, transitionWatch } from "./transition.ts";

export const watchReads = (db: Database): StateReads["watches"] => ({
  get: async (id) =>
    requireFound(await db.selectFrom("watch").selectAll().where("id", "=", id).executeTakeFirst(), "watch", id),
  open: (modelId) =>
    db
      .selectFrom("watch")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("state", "in", ["watching", "unverified"])
      .executeTakeFirst(),
  recent: (modelId, limit) =>
    db
      .selectFrom("watch")
      .selectAll()
      .where("modelId", "=", modelId)
      .orderBy("championEpoch", "desc")
      .limit(limit)
      .execute(),
  blocks: (modelId) =>
    db.selectFrom("versionBlock").selectAll().where("modelId", "=", modelId).where("liftedAt", "is", null).execute(),
});

export const watchWrites = (db: Database): StateWrites["watches"] => ({
  async insert(row) {
    await db.insertInto("watch").values(encodeRow(row)).execute();
  },
  transition: (change) => transitionWatch(db, change),
  async block(row) {
    const query = db.insertInto("versionBlock").values(encodeRow(row));
    await query.onConflict((conflict) => conflict.doNothing()).execute();
  },
  async lift(versionId, set) {
    const query = db.updateTable("versionBlock").set(encodeRow(set)).where("versionId", "=", versionId);
    return hasChanged(await query.where("liftedAt", "is", null).executeTakeFirst());
  },
});
