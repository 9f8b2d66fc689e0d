import type { ModelRow, StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const modelReads = (db: Database): StateReads["models"] => ({
  list: () => db.selectFrom("model").selectAll().orderBy("name").execute(),
  find: (name) => db.selectFrom("model").selectAll().where("name", "=", name).executeTakeFirst(),
  async get(id) {
    return requireFound(await db.selectFrom("model").selectAll().where("id", "=", id).executeTakeFirst(), "model", id);
  },
});

/** "no key update" excludes other lockers, and lets rows that refer to the model be inserted meanwhile. */
async function lockBy(db: Database, column: "id" | "name", value: string): Promise<ModelRow> {
  const query = db.selectFrom("model").selectAll().where(column, "=", value).forNoKeyUpdate();
  return requireFound(await query.executeTakeFirst(), "model", value);
}

export const modelWrites = (db: Database): StateWrites["models"] => ({
  async ensure(name, id, at) {
    const fresh = { id, name, features: "{}", championEpoch: 0, logSeq: 0, createdAt: at };
    await db
      .insertInto("model")
      .values({ ...nothingYet, ...fresh })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    return lockBy(db, "name", name);
  },
  lock: (id) => lockBy(db, "id", id),
  async update(id, set) {
    const columns = encodeRow(set);
    if (Object.keys(columns).length === 0) return;
    await db.updateTable("model").set(columns).where("id", "=", id).execute();
  },
});

const nothingYet = {
  task: null,
  championVersion: null,
  championBaseline: null,
  policyRevision: null,
  nextSlot: null,
  decidedSlot: null,
};
