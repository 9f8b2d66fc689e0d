import { sql } from "kysely";
import type { LogKey, StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { chunk, encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

const keyBytes = 16;
const digestBytes = 8;
const keysPerStatement = 20_000;

/*
 * Keys travel as one binary parameter and are cut apart by the server: writing and parsing an array of bytea takes
 * several times as long as the insert.
 */

/** Relation `cut (i, key)` of the keys in one parameter; `i` counts from 0. */
const cutKeys = (keys: readonly Uint8Array[]) =>
  sql`(select i, substring(packed from i * ${sql.lit(keyBytes)} + 1 for ${sql.lit(keyBytes)}) as key
    from (select ${Buffer.concat(keys)}::bytea as packed offset 0) as one, generate_series(0, ${keys.length - 1}::int) as i)`;

async function readKnown(
  db: Database,
  modelId: string,
  kind: string,
  keys: readonly Uint8Array[],
): Promise<readonly { readonly key: string; readonly digest: Uint8Array }[]> {
  // One look into the index a key: joined freely, a table without statistics is read whole for each piece.
  const query = sql<{ key: string; digest: Uint8Array }>`
    select encode(cut.key, 'hex') as key, known.digest from ${cutKeys(keys)} as cut
    cross join lateral (
      select digest from log_key
      where model_id = ${modelId}::uuid and kind = ${kind} and log_key.key = cut.key limit 1
    ) as known`;
  return (await query.execute(db)).rows;
}

async function insertChunk(db: Database, modelId: string, kind: string, keys: readonly LogKey[]): Promise<number> {
  const digests = Buffer.concat(keys.map(({ digest }) => digest));
  // In order of the key: the index is walked once, and two writers never wait for each other in a circle.
  const query = sql`
    insert into log_key (model_id, kind, key, digest)
    select ${modelId}::uuid, ${kind}, cut.key,
      substring(packed from i * ${sql.lit(digestBytes)} + 1 for ${sql.lit(digestBytes)})
    from ${cutKeys(keys.map(({ key }) => key))} as cut, (select ${digests}::bytea as packed offset 0) as digests
    order by cut.key, i
    on conflict do nothing`;
  return Number((await query.execute(db)).numAffectedRows ?? 0n);
}

export const logReads = (db: Database): StateReads["log"] => ({
  findIngest: (modelId, digest) =>
    db.selectFrom("ingest").selectAll().where("modelId", "=", modelId).where("digest", "=", digest).executeTakeFirst(),
  files(modelId, kind, { from, to, asOfSeq }) {
    let query = db.selectFrom("logFile").selectAll().where("modelId", "=", modelId).where("kind", "=", kind);
    if (from !== undefined) query = query.where("lastAt", ">=", from);
    if (to !== undefined) query = query.where("firstAt", "<", to);
    if (asOfSeq !== undefined) query = query.where("seq", "<=", asOfSeq);
    return query.orderBy("seq").execute();
  },
  async getFile(id) {
    const query = db.selectFrom("logFile").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "log file", id);
  },
  async arrivals(modelId) {
    const files = db
      .selectFrom("logFile")
      .innerJoin("ingest", "ingest.id", "logFile.ingestId")
      .select(["logFile.seq", "ingest.at"])
      .where("logFile.modelId", "=", modelId);
    const quarantines = await db.selectFrom("quarantine").selectAll().where("modelId", "=", modelId).execute();
    const words = quarantines.flatMap(({ seq, at, liftedSeq, liftedAt }) => [
      { seq, at },
      ...(liftedSeq === undefined || liftedAt === undefined ? [] : [{ seq: liftedSeq, at: liftedAt }]),
    ]);
    return [...(await files.execute()), ...words].sort((one, other) => one.seq - other.seq);
  },
  async knownKeys(modelId, kind, keys) {
    const known = new Map<string, Uint8Array>();
    for (const part of chunk(keys, keysPerStatement))
      for (const { key, digest } of await readKnown(db, modelId, kind, part)) known.set(key, digest);
    return known;
  },
});

export const logWrites = (db: Database): StateWrites["log"] => ({
  async insertIngest(row) {
    const query = db.insertInto("ingest").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
  async insertFile(row) {
    await db.insertInto("logFile").values(encodeRow(row)).execute();
  },
  async insertKeys(modelId, kind, keys) {
    let fresh = 0;
    for (const part of chunk(keys, keysPerStatement)) fresh += await insertChunk(db, modelId, kind, part);
    return fresh;
  },
});
