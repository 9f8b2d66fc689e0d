import { sql } from "kysely";
import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged, transitionRun } from "./transition.ts";

const selectRun = (db: Database, id: string) => db.selectFrom("run").selectAll().where("id", "=", id);

export const runReads = (db: Database): StateReads["runs"] => ({
  get: async (id) => requireFound(await selectRun(db, id).executeTakeFirst(), "run", id),
  findByNumber: (number) => db.selectFrom("run").selectAll().where("number", "=", number).executeTakeFirst(),
  active: (modelId) =>
    db
      .selectFrom("run")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("state", "in", ["queued", "retraining", "evaluating", "promoting"])
      .executeTakeFirst(),
  recent: (modelId, limit) =>
    db.selectFrom("run").selectAll().where("modelId", "=", modelId).orderBy("number", "desc").limit(limit).execute(),
  judgedBefore: (modelId, number, limit) =>
    db
      .selectFrom("run")
      .selectAll()
      .where("modelId", "=", modelId)
      .where("number", "<", number)
      .where(({ exists, selectFrom, lit }) =>
        exists(selectFrom("gateResult").select(lit(1).as("one")).whereRef("gateResult.runId", "=", "run.id")),
      )
      .orderBy("number", "desc")
      .limit(limit)
      .execute(),
  attempts: (runId) => db.selectFrom("runAttempt").selectAll().where("runId", "=", runId).orderBy("n").execute(),
  hookCalls: (runId) =>
    db.selectFrom("hookCall").selectAll().where("runId", "=", runId).orderBy("startedAt").orderBy("n").execute(),
  gates: (runId) => db.selectFrom("gateResult").selectAll().where("runId", "=", runId).orderBy("gate").execute(),
});

export const runWrites = (db: Database): StateWrites["runs"] => ({
  insert: (row) =>
    db
      .insertInto("run")
      .values(encodeRow(row))
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst(),
  lock: async (id) => requireFound(await selectRun(db, id).forNoKeyUpdate().executeTakeFirst(), "run", id),
  transition: (change) => transitionRun(db, change),
  async insertAttempt(row) {
    const query = db.insertInto("runAttempt").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async countOthersGoing(runId) {
    await sql`select pg_advisory_xact_lock(hashtextextended('driftward attempts ' || current_schema(), 0))`.execute(db);
    const query = db.selectFrom("runAttempt").where("state", "=", "starting").where("runId", "<>", runId);
    return Number((await query.select(({ fn }) => fn.countAll().as("count")).executeTakeFirstOrThrow()).count);
  },
  async finishAttempt(runId, n, set) {
    const query = db.updateTable("runAttempt").set(encodeRow(set)).where("runId", "=", runId).where("n", "=", n);
    return hasChanged(await query.where("state", "=", "starting").executeTakeFirst());
  },
  async insertHookCall(row) {
    const query = db.insertInto("hookCall").values(encodeRow(row));
    await query.onConflict((conflict) => conflict.doNothing()).execute();
  },
  async finishHookCall({ runId, hook, act, n }, end) {
    const query = db
      .updateTable("hookCall")
      .set(encodeRow(end))
      .where((row) => row.and({ runId, hook, act, n, state: "started" }));
    return hasChanged(await query.executeTakeFirst());
  },
  async insertGates(rows) {
    if (rows.length > 0) await db.insertInto("gateResult").values(rows.map(encodeRow)).execute();
  },
});
