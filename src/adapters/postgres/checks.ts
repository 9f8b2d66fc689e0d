import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { chunk, encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged } from "./transition.ts";

const rowsPerStatement = 1_000;

export const checkReads = (db: Database): StateReads["checks"] => ({
  async get(id) {
    return requireFound(await db.selectFrom("check").selectAll().where("id", "=", id).executeTakeFirst(), "check", id);
  },
  after(modelId, slot, limit) {
    let query = db.selectFrom("check").selectAll().where("modelId", "=", modelId).where("slotKey", "<>", "");
    if (slot !== undefined) query = query.where("slotAt", ">", slot);
    return query.orderBy("slotAt").orderBy("slotKey").limit(limit).execute();
  },
  recent: (modelId, limit) =>
    db
      .selectFrom("check")
      .selectAll()
      .where("modelId", "=", modelId)
      .orderBy("slotAt", "desc")
      .orderBy("createdAt", "desc")
      .orderBy("id")
      .limit(limit)
      .execute(),
  findings: (checkId) =>
    db
      .selectFrom("finding")
      .selectAll()
      .where("checkId", "=", checkId)
      .orderBy("segment")
      .orderBy("feature")
      .orderBy("test")
      .execute(),
  ruleOutcomes: (checkId) =>
    db
      .selectFrom("ruleOutcome")
      .selectAll()
      .where("checkId", "=", checkId)
      .orderBy("rule")
      .orderBy("segment")
      .execute(),
  async ruleState(modelId, rule, segment) {
    const query = db
      .selectFrom("ruleState")
      .select("body")
      .where((row) => row.and({ modelId, rule, segment }));
    return (await query.executeTakeFirst())?.body;
  },
});

export const checkWrites = (db: Database): StateWrites["checks"] => ({
  async insert(row) {
    const query = db.insertInto("check").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async finish(id, set) {
    const query = db.updateTable("check").set(encodeRow(set)).where("id", "=", id).where("state", "=", "planned");
    return hasChanged(await query.executeTakeFirst());
  },
  async insertFindings(rows) {
    for (const part of chunk(rows, rowsPerStatement))
      await db.insertInto("finding").values(part.map(encodeRow)).execute();
  },
  async insertRuleOutcomes(rows) {
    for (const part of chunk(rows, rowsPerStatement))
      await db.insertInto("ruleOutcome").values(part.map(encodeRow)).execute();
  },
  async saveRuleState(modelId, rule, segment, value) {
    const body = JSON.stringify(value);
    await db
      .insertInto("ruleState")
      .values({ modelId, rule, segment, body })
      .onConflict((conflict) => conflict.columns(["modelId", "rule", "segment"]).doUpdateSet({ body }))
      .execute();
  },
});
