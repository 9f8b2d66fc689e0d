import { sql } from "kysely";
import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";
import { hasChanged, transitionIncident } from "./transition.ts";

export const incidentReads = (db: Database): StateReads["incidents"] => ({
  async get(id) {
    const query = db.selectFrom("incident").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "incident", id);
  },
  findByNumber: (number) => db.selectFrom("incident").selectAll().where("number", "=", number).executeTakeFirst(),
  open: (modelId) =>
    db
      .selectFrom("incident")
      .selectAll()
      .where("state", "<>", "resolved")
      .where((row) =>
        row.or([
          row.and([row("modelId", "=", modelId), row("sourceKey", "is", null)]),
          row("id", "in", membershipsOf(db, modelId).where("leftAt", "is", null)),
        ]),
      )
      .orderBy("number")
      .execute(),
  openOfSource: (sourceKey, rule) =>
    db
      .selectFrom("incident")
      .selectAll()
      .where((row) => row.and({ sourceKey, rule }))
      .where("state", "<>", "resolved")
      .executeTakeFirst(),
  recent: (modelId, limit) =>
    db
      .selectFrom("incident")
      .selectAll()
      .where((row) => row.or([row("modelId", "=", modelId), row("id", "in", membershipsOf(db, modelId))]))
      .orderBy("number", "desc")
      .limit(limit)
      .execute(),
  members: (incidentId) =>
    db
      .selectFrom("incidentMember")
      .innerJoin("model", "model.id", "incidentMember.modelId")
      .selectAll("incidentMember")
      .select("model.name as model")
      .where("incidentId", "=", incidentId)
      .orderBy("n")
      .execute(),
});

const membershipsOf = (db: Database, modelId: string) =>
  db.selectFrom("incidentMember").select("incidentId").where("modelId", "=", modelId);

export const incidentWrites = (db: Database): StateWrites["incidents"] => ({
  insert: (row) => db.insertInto("incident").values(encodeRow(row)).returningAll().executeTakeFirstOrThrow(),
  transition: (change) => transitionIncident(db, change),
  async lockSource(sourceKey) {
    const name = sql`'driftward source ' || current_schema() || ' ' || ${sourceKey}::text`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
  },
  async insertMember(row) {
    const query = db.insertInto("incidentMember").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async endMember({ incidentId, n }, set) {
    const query = db.updateTable("incidentMember").set(encodeRow(set));
    const open = query.where((row) => row.and({ incidentId, n })).where("leftAt", "is", null);
    return hasChanged(await open.executeTakeFirst());
  },
});
