import type { StateReads, StateWrites } from "../../ports/state.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged } from "./transition.ts";

export const tokenReads = (db: Database): StateReads["tokens"] => ({
  list: () => db.selectFrom("token").selectAll().orderBy("createdAt").orderBy("name").execute(),
  find: (name) => db.selectFrom("token").selectAll().where("name", "=", name).executeTakeFirst(),
  ofHash: (hash) => db.selectFrom("token").selectAll().where("hash", "=", hash).executeTakeFirst(),
});

export const tokenWrites = (db: Database): StateWrites["tokens"] => ({
  async insert(row) {
    const query = db.insertInto("token").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async revoke(id, by, at) {
    const query = db.updateTable("token").set({ revokedAt: at, revokedBy: by }).where("id", "=", id);
    return hasChanged(await query.where("revokedAt", "is", null).executeTakeFirst());
  },
  async touch(id, at) {
    await db.updateTable("token").set({ usedAt: at }).where("id", "=", id).execute();
  },
});

export const approvalReads = (db: Database): StateReads["approvals"] => ({
  ofRun: (runId) =>
    db.selectFrom("approval").selectAll().where("runId", "=", runId).orderBy("at").orderBy("actorId").execute(),
});

export const approvalWrites = (db: Database): StateWrites["approvals"] => ({
  async insert(row) {
    const query = db.insertInto("approval").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
});
