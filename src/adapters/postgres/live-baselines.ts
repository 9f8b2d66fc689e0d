import type { StateReads, StateWrites } from "../../ports/state.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { transitionLiveBaseline } from "./transition.ts";

export const liveBaselineReads = (db: Database): StateReads["liveBaselines"] => ({
  ofVersion: (versionId) =>
    db.selectFrom("liveBaseline").selectAll().where("versionId", "=", versionId).executeTakeFirst(),
  ofModel: (modelId) => db.selectFrom("liveBaseline").selectAll().where("modelId", "=", modelId).execute(),
});

export const liveBaselineWrites = (db: Database): StateWrites["liveBaselines"] => ({
  async insert(row) {
    const query = db.insertInto("liveBaseline").values(encodeRow(row));
    const result = await query.onConflict((conflict) => conflict.column("versionId").doNothing()).executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  },
  transition: (change) => transitionLiveBaseline(db, change),
});
