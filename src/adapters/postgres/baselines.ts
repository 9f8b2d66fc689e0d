import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

const columns = [
  ...(["id", "modelId", "versionId", "rowCount", "source"] as const),
  ...(["profile", "metrics", "digest", "createdAt"] as const),
];

const summaryColumns = ["id", "versionId", "rowCount", "source", "createdAt"] as const;

export const baselineReads = (db: Database): StateReads["baselines"] => ({
  async get(id) {
    const query = db.selectFrom("baseline").select(columns).where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "baseline", id);
  },
  async summary(id) {
    const query = db.selectFrom("baseline").select(summaryColumns).where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "baseline", id);
  },
  summaries: (modelId) =>
    db
      .selectFrom("baseline")
      .select(summaryColumns)
      .where("modelId", "=", modelId)
      .where("seq", "in", (of) =>
        of
          .selectFrom("baseline")
          .select(of.fn.max("seq").as("seq"))
          .where("modelId", "=", modelId)
          .groupBy("versionId"),
      )
      .orderBy("seq")
      .execute(),
  async isUsed(id) {
    const query = db.selectFrom("check").select("id").where("baselineId", "=", id).where("state", "=", "done");
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  },
  ofVersion: (versionId) =>
    db
      .selectFrom("baseline")
      .select(columns)
      .where("versionId", "=", versionId)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst(),
});

export const baselineWrites = (db: Database): StateWrites["baselines"] => ({
  async insert(row) {
    await db.insertInto("baseline").values(encodeRow(row)).execute();
  },
});
