import type { StateReads, StateWrites } from "../../ports/state.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged } from "./transition.ts";

export const quarantineReads = (db: Database): StateReads["quarantines"] => ({
  findByNumber: (number) => db.selectFrom("quarantine").selectAll().where("number", "=", number).executeTakeFirst(),
  list(modelId) {
    const query = db.selectFrom("quarantine").selectAll().orderBy("number");
    return (modelId === undefined ? query : query.where("modelId", "=", modelId)).execute();
  },
});

export const quarantineWrites = (db: Database): StateWrites["quarantines"] => ({
  insert: (row) => db.insertInto("quarantine").values(encodeRow(row)).returningAll().executeTakeFirstOrThrow(),
  async lift(id, set) {
    const query = db.updateTable("quarantine").set(encodeRow(set)).where("id", "=", id);
    return hasChanged(await query.where("liftedSeq", "is", null).executeTakeFirst());
  },
});
