import { canonicalJson } from "../../core/audit/canonical-json.ts";
import { chainEntry } from "../../core/audit/hash-entry.ts";
import type { StateReads, StateWrites } from "../../ports/state.ts";
import type { Database } from "./tables.ts";

export const recordReads = (db: Database): StateReads["records"] => ({
  async list(fromSeq, limit) {
    const query = db.selectFrom("record").selectAll().where("seq", ">=", fromSeq).orderBy("seq").limit(limit);
    const rows = await query.execute();
    return rows.map(({ actorKind, actorId, ...row }) => ({ ...row, actor: { kind: actorKind, id: actorId } }));
  },
});

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
