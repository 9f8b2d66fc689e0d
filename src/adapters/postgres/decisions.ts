import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const decisionReads = (db: Database): StateReads["decisions"] => ({
  ofCheck: (checkId) =>
    db
      .selectFrom("decision")
      .selectAll()
      .where("checkId", "=", checkId)
      .orderBy("rule")
      .orderBy("segment")
      .orderBy("action")
      .execute(),
  async get(id) {
    const query = db.selectFrom("decision").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "decision", id);
  },
});

export const decisionWrites = (db: Database): StateWrites["decisions"] => ({
  async insert(row) {
    const query = db.insertInto("decision").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
});
