import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const policyReads = (db: Database): StateReads["policies"] => ({
  async get(revisionId) {
    const query = db.selectFrom("policyRevision").selectAll().where("id", "=", revisionId);
    return requireFound(await query.executeTakeFirst(), "policy revision", revisionId);
  },
  latest: (modelId) =>
    db
      .selectFrom("policyRevision")
      .selectAll()
      .where("modelId", "=", modelId)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst(),
});

export const policyWrites = (db: Database): StateWrites["policies"] => ({
  async insert(row) {
    await db.insertInto("policyRevision").values(encodeRow(row)).execute();
  },
});
