import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged } from "./transition.ts";

export const silenceReads = (db: Database): StateReads["silences"] => ({
  async get(id) {
    const query = db.selectFrom("silence").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "silence", id);
  },
  findByNumber: (number) => db.selectFrom("silence").selectAll().where("number", "=", number).executeTakeFirst(),
  endingAfter(at, modelId) {
    const query = db.selectFrom("silence").selectAll().where("endsAt", ">", at).orderBy("number");
    return (modelId === undefined ? query : query.where("modelId", "=", modelId)).execute();
  },
});

export const silenceWrites = (db: Database): StateWrites["silences"] => ({
  insert: (row) => db.insertInto("silence").values(encodeRow(row)).returningAll().executeTakeFirstOrThrow(),
  async endAt(id, at) {
    const query = db.updateTable("silence").set({ endsAt: at }).where("id", "=", id);
    return hasChanged(await query.where("endsAt", ">", at).executeTakeFirst());
  },
});
