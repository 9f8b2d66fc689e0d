import type { StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const digestWrites = (db: Database): StateWrites["digests"] => ({
  async ensure(row) {
    const insert = db.insertInto("digest").values(encodeRow({ ...row, closedAt: undefined }));
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
    const { recipient, dueAt } = row;
    const query = db.selectFrom("digest").selectAll().where("recipient", "=", recipient).where("dueAt", "=", dueAt);
    return requireFound(await query.forUpdate().executeTakeFirst(), "digest", row.id);
  },
  async lock(id) {
    const query = db.selectFrom("digest").selectAll().where("id", "=", id).forUpdate();
    return requireFound(await query.executeTakeFirst(), "digest", id);
  },
  async close(id, at) {
    await db.updateTable("digest").set({ closedAt: at }).where("id", "=", id).execute();
  },
});
