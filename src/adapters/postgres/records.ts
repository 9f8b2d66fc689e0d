import { type SelectQueryBuilder, sql } from "kysely";
import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { chainEntry } from "../../core/audit/hash-entry.ts";
import type { RecordFilter, RecordRow, StateReads, StateWrites } from "../../ports/state.ts";
import type { Database, Tables } from "./tables.ts";

const largest = String(Number.MAX_SAFE_INTEGER);

/** What the table holds, whoever wrote it: finer times than milliseconds, which are not hashed, must not pass. */
const selectRecord = (db: Database) =>
  db
    .selectFrom("record")
    .select(["actorKind", "actorId", "kind", "subject", "payload", "previousHash", "hash"])
    .select(sql<number>`greatest(least(seq, ${sql.lit(largest)}::bigint), -${sql.lit(largest)}::bigint)`.as("seq"))
    .select(sql<Date | undefined>`case when at = date_trunc('milliseconds', at) and isfinite(at) then at end`.as("at"));

type Selected = Awaited<ReturnType<ReturnType<typeof selectRecord>["execute"]>>[number];

const toRow = ({ actorKind, actorId, at, ...row }: Selected): RecordRow => ({
  ...row,
  at: at ?? new Date(Number.NaN),
  actor: { kind: actorKind, id: actorId },
});

export const recordReads = (db: Database): StateReads["records"] => ({
  async list(fromSeq, limit) {
    const query = selectRecord(db).where("record.seq", ">=", fromSeq).orderBy("record.seq").limit(limit);
    return (await query.execute()).map(toRow);
  },
  async head() {
    // One statement, so that both are of one moment: records are appended while this is read.
    const { headSeq, headHash, ...last } = await db
      .selectFrom("recordHead")
      .leftJoinLateral(selectRecord(db).orderBy("record.seq", "desc").limit(1).as("last"), (join) => join.onTrue())
      .select(["recordHead.seq as headSeq", "recordHead.hash as headHash"])
      .selectAll("last")
      .executeTakeFirstOrThrow();
    // An empty table joins nothing to the head.
    const found = typeof last.seq === "number" ? toRow(last as Selected) : undefined;
    return { head: { seq: headSeq, hash: headHash }, last: found };
  },
  async newest(filter, limit, beforeSeq) {
    const before = beforeSeq ?? Number.MAX_SAFE_INTEGER;
    const query = filtered(selectRecord(db), filter).where("record.seq", "<", before).orderBy("record.seq", "desc");
    return (await query.limit(limit).execute()).map(toRow);
  },
  async after(filter, limit, afterSeq) {
    const query = filtered(selectRecord(db), filter).where("record.seq", ">", afterSeq).orderBy("record.seq");
    return (await query.limit(limit).execute()).map(toRow);
  },
});

function filtered<Out>(query: SelectQueryBuilder<Tables, "record", Out>, filter: RecordFilter) {
  const { model, actor, kind, subjects, from, until } = filter;
  let narrowed = query;
  if (actor !== undefined) narrowed = narrowed.where("actorId", "=", actor);
  if (kind !== undefined) narrowed = narrowed.where("kind", "=", kind);
  if (subjects !== undefined) narrowed = narrowed.where("subject", "in", subjects);
  if (from !== undefined) narrowed = narrowed.where("record.at", ">=", from);
  if (until !== undefined) narrowed = narrowed.where("record.at", "<", until);
  if (model === undefined) return narrowed;
  // Canonical JSON has one spelling: this text is there where a member "model" of this value is.
  const member = `"model":${JSON.stringify(model.name)}`;
  return narrowed.where((row) =>
    row.or([row("subject", "=", model.id), row(sql<number>`position(${member} in payload)`, ">", 0)]),
  );
}

/** Half of a surrogate pair does not survive UTF-8: the hash is taken over what will be read back. */
const asStored = (text: string) => Buffer.from(text, "utf8").toString("utf8");

export const recordWrites = (db: Database): StateWrites["records"] => ({
  async append({ actor, at, kind, subject, payload }) {
    const head = await db.selectFrom("recordHead").select(["seq", "hash"]).forUpdate().executeTakeFirstOrThrow();
    const seq = head.seq + 1;
    const plain = { seq, at, kind: asStored(kind), subject: asStored(subject), payload: canonicalJson(payload) };
    const entry = chainEntry(head, { ...plain, actor: { kind: actor.kind, id: asStored(actor.id) } });
    const { actor: by, ...columns } = entry;
    await db
      .insertInto("record")
      .values({ ...columns, actorKind: by.kind, actorId: by.id })
      .execute();
    await db.updateTable("recordHead").set({ seq, hash: entry.hash }).execute();
  },
});
