import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged } from "./transition.ts";

export const notificationReads = (db: Database): StateReads["notifications"] => ({
  async get(id) {
    const query = db.selectFrom("notification").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "notification", id);
  },
  ofSubject: (subjectId) =>
    db
      .selectFrom("notification")
      .selectAll()
      .where("subjectId", "=", subjectId)
      .orderBy("createdAt")
      .orderBy("kind")
      .orderBy("n")
      .orderBy("recipient")
      .execute(),
  ofDigest: (digestId) =>
    db
      .selectFrom("notification")
      .selectAll()
      .where("digestId", "=", digestId)
      .orderBy("createdAt")
      .orderBy("messageId")
      .execute(),
  ofRule: ({ modelId, rule, segment, sourceKey }, after) =>
    db
      .selectFrom("notification")
      .innerJoin("incident", "incident.id", "notification.subjectId")
      .select(["notification.recipient", "notification.state", "notification.createdAt"])
      .where((row) => row.and({ "incident.rule": rule, "incident.segment": segment }))
      .where((row) =>
        sourceKey === undefined
          ? row("incident.modelId", "=", modelId)
          : row.or({ "incident.modelId": modelId, "incident.sourceKey": sourceKey }),
      )
      .where("notification.createdAt", ">", after)
      .execute(),
});

export const notificationWrites = (db: Database): StateWrites["notifications"] => ({
  async insert(row) {
    const query = db.insertInto("notification").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async markSent(id, at) {
    const query = db.updateTable("notification").set({ state: "sent", sentAt: at }).where("id", "=", id);
    return hasChanged(await query.where("state", "=", "queued").executeTakeFirst());
  },
  async markFailed(id, reason) {
    const query = db.updateTable("notification").set({ state: "failed", reason }).where("id", "=", id);
    return hasChanged(await query.where("state", "=", "queued").executeTakeFirst());
  },
  async endGathered(digestId, set, only) {
    const query = db.updateTable("notification").set(encodeRow(set)).where("digestId", "=", digestId);
    const gathered = query.where("state", "=", "gathered");
    await (only === undefined ? gathered : gathered.where("id", "=", only)).execute();
  },
});
