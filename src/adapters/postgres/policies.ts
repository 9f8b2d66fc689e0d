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
  inForceFrom: (path) =>
    db
      .selectFrom("policyRevision")
      .innerJoin("model", "model.policyRevision", "policyRevision.id")
      .selectAll("policyRevision")
      .where("path", "=", path)
      .orderBy("model.name")
      .execute(),
  refusals: (modelId) =>
    db.selectFrom("policyRefusal").selectAll().where("modelId", "=", modelId).orderBy("seq", "desc").execute(),
});

export const policyWrites = (db: Database): StateWrites["policies"] => ({
  async insert(row) {
    await db.insertInto("policyRevision").values(encodeRow(row)).execute();
  },
  async insertRefusal(row) {
    await db.insertInto("policyRefusal").values(encodeRow(row)).execute();
  },
  async settleRefusals(modelId, standing, at) {
    const others = db.updateTable("policyRefusal").set({ clearedAt: at }).where("clearedAt", "is", null);
    const ofModel = others.where("modelId", "=", modelId);
    const cleared = await (standing === undefined ? ofModel : ofModel.where("id", "!=", standing)).executeTakeFirst();
    if (standing === undefined) return Number(cleared.numUpdatedRows);
    const again = db.updateTable("policyRefusal").set({ clearedAt: null }).where("id", "=", standing);
    const raised = await again.where("clearedAt", "is not", null).executeTakeFirst();
    return Number(cleared.numUpdatedRows) + Number(raised.numUpdatedRows);
  },
});
