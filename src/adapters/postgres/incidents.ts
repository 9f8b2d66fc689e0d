import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { transitionIncident } from "./transition.ts";

export const incidentReads = (db: Database): StateReads["incidents"] => ({
  async get(id) {
    const query = db.selectFrom("incident").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "incident", id);
  },
  findByNumber: (number) => db.selectFrom("incident").selectAll().where("number", "=", number).executeTakeFirst(),
  open: (modelId) =>
    db
      .selectFrom("incident")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("state", "<>", "resolved")
      .orderBy("number")
      .execute(),
  recent: (modelId, limit) =>
    db
      .selectFrom("incident")
      .selectAll()
      .where("modelId", "=", modelId)
      .orderBy("number", "desc")
      .limit(limit)
      .execute(),
});

export const incidentWrites = (db: Database): StateWrites["incidents"] => ({
  insert: (row) => db.insertInto("incident").values(encodeRow(row)).returningAll().executeTakeFirstOrThrow(),
  transition: (change) => transitionIncident(db, change),
});
